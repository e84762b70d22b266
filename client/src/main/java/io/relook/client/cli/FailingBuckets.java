package io.relook.client.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Buckets whose objects the job cannot read or write at present, from the job's metrics. */
final class FailingBuckets {
  private static final String METRIC = ".failingBuckets";

  private FailingBuckets() {}

  /**
   * Their names, sorted, as the processes of a job see them.
   *
   * @throws io.relook.client.RelookException when the cluster does not answer
   */
  static List<String> of(FlinkCluster flink, String job) {
    TreeSet<String> buckets = new TreeSet<>();
    for (JsonNode vertex : flink.get("/jobs/" + job).path("vertices")) {
      String metrics = "/jobs/%s/vertices/%s/metrics".formatted(job, vertex.path("id").asText());
      List<String> gauges = new ArrayList<>();
      for (JsonNode metric : flink.get(metrics)) {
        String name = metric.path("id").asText();
        if (name.endsWith(METRIC)) {
          gauges.add(name);
        }
      }
      if (!gauges.isEmpty()) {
        for (JsonNode gauge : flink.get(metrics + "?get=" + String.join(",", gauges))) {
          for (String bucket : gauge.path("value").asText().split(", ")) {
            if (!bucket.isBlank()) {
              buckets.add(bucket);
            }
          }
        }
      }
    }
    return List.copyOf(buckets);
  }
}
