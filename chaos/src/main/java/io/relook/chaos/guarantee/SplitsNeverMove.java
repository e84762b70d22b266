package io.relook.chaos.guarantee;

import io.relook.chaos.guarantee.Observation.Manifest;
import io.relook.chaos.guarantee.Observation.ManifestLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An image stays in its split: what one model was trained on, no model is tested on. */
final class SplitsNeverMove implements Guarantee {
  /** By project and digest of the picture: its first split. */
  private final Map<String, String> splits = new TreeMap<>();

  private final List<String> violations = new ArrayList<>();
  private int lines;

  @Override
  public String sentence() {
    return "no image moves between the train and test split";
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Manifest manifest) {
      // arn:aws:lookoutvision:region:account:model/project/version
      String project = manifest.modelArn().replaceFirst("/[^/]*$", "");
      for (ManifestLine line : manifest.lines()) {
        lines++;
        String before = splits.putIfAbsent(project + "/" + line.digest(), line.split());
        if (before != null && !before.equals(line.split())) {
          violations.add(
              "%s has %s in the split %s; it was in %s before."
                  .formatted(manifest.modelArn(), line.sourceRef(), line.split(), before));
        }
      }
    }
  }

  @Override
  public List<String> violations() {
    return List.copyOf(violations);
  }

  @Override
  public String checked() {
    return lines + " lines of training manifests, " + splits.size() + " pictures";
  }
}
