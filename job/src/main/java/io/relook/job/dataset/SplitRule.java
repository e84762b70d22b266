package io.relook.job.dataset;

import io.relook.schemas.Sha256;
import io.relook.job.domain.Split;
import io.relook.wire.Label;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides on which side of a single data set each image stands (DESIGN §3).
 *
 * <p>Sides are decided at the first training that sees an image, in order of a hash of project and
 * source reference: an image goes to test while its class has fewer than max(10, 20 % of the class)
 * images there, else to train. A side never changes afterwards. It belongs to the picture's bytes
 * first, so equal bytes share it and what was ever learned from stays out of test, and then to the
 * source reference.
 */
final class SplitRule {

  /** Least number of test images of a class: the contract's minimum of a test data set. */
  private static final int LEAST_TEST_IMAGES = 10;

  private static final double TEST_SHARE = 0.2;

  private SplitRule() {}

  /**
   * Sides of all given entries, by source reference.
   *
   * @param entries labelled entries
   * @param splitOfBytes side that a digest got in earlier trainings
   * @param takesTest whether images without a side may go to test; otherwise all go to train
   */
  static Map<String, Split> sides(
      String datasetKey,
      List<DatasetEntry> entries,
      Function<String, Optional<Split>> splitOfBytes,
      boolean takesTest) {
    Map<String, List<DatasetEntry>> byDigest = new LinkedHashMap<>();
    entries.stream()
        .sorted(Comparator.comparing(entry -> order(datasetKey, entry.sourceRef())))
        .forEach(
            entry ->
                byDigest
                    .computeIfAbsent(entry.picture().digest(), digest -> new ArrayList<>())
                    .add(entry));
    Map<Label, Integer> classSize = new EnumMap<>(Label.class);
    entries.forEach(entry -> classSize.merge(entry.annotation().label(), 1, Integer::sum));
    Map<Label, Integer> inTest = new EnumMap<>(Label.class);
    Map<String, Split> sides = new HashMap<>();
    List<List<DatasetEntry>> undecided = new ArrayList<>();
    for (Map.Entry<String, List<DatasetEntry>> group : byDigest.entrySet()) {
      Optional<Split> known =
          splitOfBytes
              .apply(group.getKey())
              .or(
                  () ->
                      group.getValue().stream()
                          .flatMap(e -> Optional.ofNullable(e.side()).stream())
                          .findFirst());
      if (known.isPresent()) {
        put(group.getValue(), known.get(), sides, inTest);
      } else {
        undecided.add(group.getValue());
      }
    }
    for (List<DatasetEntry> group : undecided) {
      Label label = group.get(0).annotation().label();
      int wanted =
          Math.max(
              LEAST_TEST_IMAGES, (int) Math.ceil(TEST_SHARE * classSize.getOrDefault(label, 0)));
      Split side = takesTest && inTest.getOrDefault(label, 0) < wanted ? Split.TEST : Split.TRAIN;
      put(group, side, sides, inTest);
    }
    return sides;
  }

  private static void put(
      List<DatasetEntry> group, Split side, Map<String, Split> sides, Map<Label, Integer> inTest) {
    for (DatasetEntry entry : group) {
      sides.put(entry.sourceRef(), side);
      if (side == Split.TEST) {
        inTest.merge(entry.annotation().label(), 1, Integer::sum);
      }
    }
  }

  private static String order(String datasetKey, String sourceRef) {
    // Neither part can hold this character, so no two pairs read alike.
    String pair = datasetKey + '\u0000' + sourceRef;
    return Sha256.hex(pair.getBytes(StandardCharsets.UTF_8)) + sourceRef;
  }
}
