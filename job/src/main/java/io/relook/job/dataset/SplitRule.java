package io.relook.job.dataset;

import io.relook.job.domain.Split;
import io.relook.schemas.Sha256;
import io.relook.wire.Label;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides the split of each image, for projects with a single data set.
 *
 * <p>Splits are decided at the first training that sees an image, in order of a hash of project and
 * source reference: an image goes to test while its class has fewer than max(10, 20 % of the class)
 * images there, else to train. A split never changes afterwards. It belongs first to the bytes of
 * the picture, then to the source reference. So equal pictures share it, and a picture that was
 * ever learned from never becomes a test picture.
 */
final class SplitRule {

  /** Least number of test images of a class: the contract's minimum of a test data set. */
  private static final int LEAST_TEST_IMAGES = 10;

  private static final double TEST_SHARE = 0.2;

  private SplitRule() {}

  /** What happens to images without a split. */
  enum Undecided {
    /** They go to test until it has enough, else to train. */
    TRAIN_AND_TEST,
    /** All go to train. */
    TRAIN_ONLY
  }

  /**
   * Splits of all given entries, by source reference.
   *
   * @param entries labelled entries
   * @param splitOfBytes split that a digest got in earlier trainings
   * @param undecided what happens to images without a split
   */
  static Map<String, Split> splits(
      String datasetKey,
      List<DatasetEntry> entries,
      Function<String, Optional<Split>> splitOfBytes,
      Undecided undecided) {
    Map<String, List<DatasetEntry>> byDigest = new LinkedHashMap<>();
    entries.stream()
        .map(entry -> Map.entry(order(datasetKey, entry.sourceRef()), entry))
        .sorted(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue)
        .forEach(
            entry ->
                byDigest
                    .computeIfAbsent(entry.picture().digest(), digest -> new ArrayList<>())
                    .add(entry));
    Map<Label, Integer> classSize = new EnumMap<>(Label.class);
    entries.forEach(entry -> classSize.merge(entry.annotation().label(), 1, Integer::sum));
    Map<Label, Integer> inTest = new EnumMap<>(Label.class);
    Map<String, Split> splits = new HashMap<>();
    List<List<DatasetEntry>> open = new ArrayList<>();
    for (Map.Entry<String, List<DatasetEntry>> group : byDigest.entrySet()) {
      Optional<Split> known =
          splitOfBytes
              .apply(group.getKey())
              .or(
                  () ->
                      group.getValue().stream()
                          .flatMap(e -> Optional.ofNullable(e.split()).stream())
                          .findFirst());
      if (known.isPresent()) {
        put(group.getValue(), known.get(), splits, inTest);
      } else {
        open.add(group.getValue());
      }
    }
    for (List<DatasetEntry> group : open) {
      Label label = group.get(0).annotation().label();
      int wanted =
          Math.max(
              LEAST_TEST_IMAGES, (int) Math.ceil(TEST_SHARE * classSize.getOrDefault(label, 0)));
      boolean toTest =
          undecided == Undecided.TRAIN_AND_TEST && inTest.getOrDefault(label, 0) < wanted;
      Split split = toTest ? Split.TEST : Split.TRAIN;
      put(group, split, splits, inTest);
    }
    return splits;
  }

  private static void put(
      List<DatasetEntry> group,
      Split split,
      Map<String, Split> splits,
      Map<Label, Integer> inTest) {
    for (DatasetEntry entry : group) {
      splits.put(entry.sourceRef(), split);
      if (split == Split.TEST) {
        inTest.merge(entry.annotation().label(), 1, Integer::sum);
      }
    }
  }

  private static String order(String datasetKey, String sourceRef) {
    // Neither part can hold this character, so different pairs give different texts.
    String pair = datasetKey + '\u0000' + sourceRef;
    return Sha256.hex(pair.getBytes(StandardCharsets.UTF_8)) + sourceRef;
  }
}
