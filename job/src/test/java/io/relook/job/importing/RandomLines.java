package io.relook.job.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Lines of manifests as several labelling jobs, failures and programs leave them, at random. */
final class RandomLines {
  private static final String[] CLASSES = {"normal", "anomaly", "Anomaly", "unclear"};
  private static final String[] DATES = {
    "", "2024-05-01T10:00:00", "2024-05-02T10:00:00.5", "2024-05-01T12:00:00+02:00", "soon"
  };
  private static final String[] TYPES = {
    "image-classification",
    "image-classification",
    "image-classification",
    "semantic-segmentation",
    "object-detection",
    "image-classification-multilabel",
    "custom"
  };

  private RandomLines() {}

  static String line(SplittableRandom random, String sourceRef) {
    List<String> members = new ArrayList<>();
    members.add("\"source-ref\":\"" + sourceRef + "\"");
    int attributes = random.nextInt(4);
    for (int i = 0; i < attributes; i++) {
      // Rarely something that refuses the whole manifest.
      String type = TYPES[random.nextInt(random.nextInt(20) == 0 ? TYPES.length : 4)];
      String name = "job-" + i + (random.nextInt(6) == 0 ? "-detected" : "");
      List<String> metadata = new ArrayList<>();
      metadata.add("\"type\":\"groundtruth/" + type + "\"");
      if (type.equals("semantic-segmentation")) {
        members.add("\"" + name + "\":\"s3://factory/m.png\"");
        metadata.add(
            "\"internal-color-map\":{\"1\":{\"class-name\":\"dent\",\"hex-color\":\"#ff0000\"}}");
      } else {
        members.add("\"" + name + "\":1");
        metadata.add("\"class-name\":\"" + CLASSES[random.nextInt(CLASSES.length)] + "\"");
      }
      if (random.nextInt(6) == 0) {
        metadata.add("\"failure-reason\":\"expired\"");
      }
      if (random.nextInt(6) == 0) {
        metadata.add("\"human-annotated\":\"no\"");
      }
      String date = DATES[random.nextInt(random.nextInt(10) == 0 ? DATES.length : 1)];
      metadata.add(
          "\"creation-date\":\""
              + (date.isEmpty() ? "2024-06-0" + (i + 1) + "T10:00:00" : date)
              + "\"");
      members.add("\"" + name + "-metadata\":{" + String.join(",", metadata) + "}");
    }
    return "{" + String.join(",", members) + "}";
  }
}
