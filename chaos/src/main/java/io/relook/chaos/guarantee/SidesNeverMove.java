package io.relook.chaos.guarantee;

import io.relook.chaos.guarantee.Observation.Manifest;
import io.relook.chaos.guarantee.Observation.ManifestLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A picture that a model learned from is never tested on, nor the other way round. */
final class SidesNeverMove implements Guarantee {
  /** By project and digest of the picture: where it first stood. */
  private final Map<String, String> sides = new TreeMap<>();

  private final List<String> violations = new ArrayList<>();
  private int lines;

  @Override
  public String sentence() {
    return "the side of the split never moves";
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Manifest manifest) {
      // arn:aws:lookoutvision:region:account:model/project/version
      String project = manifest.modelArn().replaceFirst("/[^/]*$", "");
      for (ManifestLine line : manifest.lines()) {
        lines++;
        String before = sides.putIfAbsent(project + "/" + line.digest(), line.side());
        if (before != null && !before.equals(line.side())) {
          violations.add(
              "%s has %s on the side %s; it was on %s before."
                  .formatted(manifest.modelArn(), line.sourceRef(), line.side(), before));
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
    return lines + " lines of training manifests, " + sides.size() + " pictures";
  }
}
