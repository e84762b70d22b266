package io.relook.schemas.manifest;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Counts what was found in the lines of a manifest. Not safe for use by several threads. */
public final class ManifestFindings {
  private final Map<Finding, Integer> counts = new EnumMap<>(Finding.class);
  private final Map<Finding, String> examples = new EnumMap<>(Finding.class);

  /** Counts a line. */
  public void add(GroundTruthLine line) {
    line.findings()
        .forEach(
            (finding, example) -> {
              counts.merge(finding, 1, Integer::sum);
              if (!example.isEmpty()) {
                examples.putIfAbsent(finding, example);
              }
            });
  }

  /** A sentence for each kind of finding, with the number of its lines; none if there are none. */
  public List<String> sentences() {
    return counts.entrySet().stream()
        .map(
            count ->
                count
                    .getKey()
                    .sentence(count.getValue(), examples.getOrDefault(count.getKey(), "")))
        .collect(Collectors.toList());
  }
}
