package io.relook.job.dataset;

import io.relook.job.domain.Mask;
import io.relook.job.domain.Split;
import io.relook.job.domain.TrainingImage;
import io.relook.schemas.Excerpt;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Plans the training of a cut: which images it uses, with which split, or why it cannot succeed.
 *
 * <p>Unlabelled images are ignored. With a test data set the two data sets are used as they are;
 * without one, {@link SplitRule} decides. The least numbers of images are those of the contract
 * (spec: lookout-for-vision.md §3).
 */
final class TrainingPlanner {
  private static final int LEAST_NORMAL_SINGLE = 20;
  private static final int LEAST_ANOMALY_SINGLE = 10;
  private static final int LEAST_NORMAL_TRAIN = 10;
  private static final int LEAST_NORMAL_TEST = 10;
  private static final int LEAST_ANOMALY_TEST = 10;
  private static final int LEAST_OF_CLASS_SINGLE = 20;
  private static final int LEAST_OF_CLASS = 10;

  /** Seen on the live service (spec: lookout-for-vision.md §5.2). */
  static final String SAME_DIMENSIONS = "Images in the dataset must have the same dimensions.";

  /** Sizes, and images of a size, that a message names. */
  private static final int MOST_NAMED = 3;

  private final DatasetSettings settings;

  TrainingPlanner(DatasetSettings settings) {
    this.settings = settings;
  }

  /** Result of planning a training. */
  sealed interface Plan {
    /** It uses these images, sorted by source reference. */
    record Train(List<TrainingImage> lines) implements Plan {}

    /** It cannot succeed, for this reason. */
    record Impossible(String reason, String message) implements Plan {}
  }

  /**
   * Plans the training of a cut. The splits are remembered, so a second training gives the same
   * images the same splits.
   *
   * @param cutTime record time of the command, in milliseconds since the epoch
   */
  Plan plan(String datasetKey, DatasetState state, long cutTime) {
    // A test data set counts as soon as it exists, even without images.
    boolean hasTestDataset = state.counts(DatasetType.TEST).isPresent();
    DatasetSettings.Window window = settings.window();
    List<DatasetEntry> newest = newest(state, DatasetType.TRAIN, window.trainImages(), cutTime);
    List<DatasetEntry> tests = newest(state, DatasetType.TEST, window.testImages(), cutTime);
    boolean segmented = newest.stream().anyMatch(entry -> entry.mask() != null);
    DatasetSettings.Quotas quotas = settings.quotas();
    List<DatasetEntry> train = segmented ? first(newest, quotas.maskedTrainImages()) : newest;
    List<DatasetEntry> test = segmented ? first(tests, quotas.maskedTestImages()) : tests;
    Optional<Plan.Impossible> impossible =
        tooFew(train, test, hasTestDataset)
            .or(() -> segmented ? tooFewOfAClass(train, test, hasTestDataset) : Optional.empty())
            .map(message -> new Plan.Impossible("TOO_FEW_IMAGES", message))
            .or(() -> differentDimensions(train, test));
    if (impossible.isPresent()) {
      return impossible.get();
    }
    List<TrainingImage> lines = new ArrayList<>();
    if (hasTestDataset) {
      train.forEach(entry -> lines.add(line(state, entry, Split.TRAIN)));
      test.forEach(entry -> lines.add(line(state, entry, Split.TEST)));
    } else {
      Map<String, Split> splits =
          SplitRule.splits(
              datasetKey,
              train,
              state::splitOfBytes,
              settings.minimums() || enoughToSplit(train)
                  ? SplitRule.Undecided.TRAIN_AND_TEST
                  : SplitRule.Undecided.TRAIN_ONLY);
      if (train.stream().noneMatch(entry -> isLearnedFrom(entry, splits))) {
        return new Plan.Impossible("TOO_FEW_IMAGES", nothingToLearnFrom(state, train));
      }
      train.forEach(
          entry ->
              lines.add(line(state, entry, splits.getOrDefault(entry.sourceRef(), Split.TRAIN))));
    }
    lines.sort(Comparator.comparing(TrainingImage::sourceRef));
    return new Plan.Train(List.copyOf(lines));
  }

  /**
   * The newest labelled images of a data set that are not too old; of those that came in one
   * millisecond, the first by source reference. Reads the window and no more, except what shares
   * the millisecond of its oldest image.
   */
  private List<DatasetEntry> newest(
      DatasetState state, DatasetType dataset, int most, long cutTime) {
    PeekingEntries normal = new PeekingEntries(state.newestFirst(dataset, Label.NORMAL));
    PeekingEntries anomalous = new PeekingEntries(state.newestFirst(dataset, Label.ANOMALY));
    List<DatasetEntry> newest = new ArrayList<>();
    long last = Long.MAX_VALUE;
    while (normal.hasMore() || anomalous.hasMore()) {
      PeekingEntries from = normal.isNewerThan(anomalous) ? normal : anomalous;
      long updatedAt = from.head().updatedAt();
      boolean tooOld = cutTime - updatedAt > settings.window().maxAgeMillis();
      if (tooOld || newest.size() >= most && updatedAt < last) {
        break;
      }
      newest.add(from.take());
      last = updatedAt;
    }
    newest.sort(
        Comparator.comparingLong(DatasetEntry::updatedAt)
            .reversed()
            .thenComparing(DatasetEntry::sourceRef));
    return first(newest, most);
  }

  private static List<DatasetEntry> first(List<DatasetEntry> entries, int most) {
    return List.copyOf(entries.subList(0, Math.min(most, entries.size())));
  }

  private Optional<String> tooFew(
      List<DatasetEntry> train, List<DatasetEntry> test, boolean hasTestDataset) {
    long normal = count(train, Label.NORMAL);
    long anomaly = count(train, Label.ANOMALY);
    if (!settings.minimums()) {
      return normal > 0
          ? Optional.empty()
          : Optional.of("The train data set has no normal image: add at least one.");
    }
    if (!hasTestDataset) {
      return normal >= LEAST_NORMAL_SINGLE && anomaly >= LEAST_ANOMALY_SINGLE
          ? Optional.empty()
          : Optional.of(
              "The data set has "
                  + normal
                  + " normal and "
                  + anomaly
                  + " anomalous labelled images: a training needs at least "
                  + LEAST_NORMAL_SINGLE
                  + " normal and "
                  + LEAST_ANOMALY_SINGLE
                  + " anomalous ones. Add or label images, then create the model again.");
    }
    long testNormal = count(test, Label.NORMAL);
    long testAnomaly = count(test, Label.ANOMALY);
    if (normal < LEAST_NORMAL_TRAIN) {
      return Optional.of(
          "The train data set has "
              + normal
              + " normal labelled images: a training with a test data set needs at least "
              + LEAST_NORMAL_TRAIN
              + ". Add or label images, then create the model again.");
    }
    return testNormal >= LEAST_NORMAL_TEST && testAnomaly >= LEAST_ANOMALY_TEST
        ? Optional.empty()
        : Optional.of(
            "The test data set has "
                + testNormal
                + " normal and "
                + testAnomaly
                + " anomalous labelled images: it needs at least "
                + LEAST_NORMAL_TEST
                + " normal and "
                + LEAST_ANOMALY_TEST
                + " anomalous ones. Add or label images, then create the model again.");
  }

  /** An image counts for a class when its mask shows only that class. */
  private Optional<String> tooFewOfAClass(
      List<DatasetEntry> train, List<DatasetEntry> test, boolean hasTestDataset) {
    if (!settings.classMinimums()) {
      return Optional.empty();
    }
    Map<String, Integer> inTrain = ofOneClass(train);
    Map<String, Integer> inTest = ofOneClass(test);
    int least = hasTestDataset ? LEAST_OF_CLASS : LEAST_OF_CLASS_SINGLE;
    for (Map.Entry<String, Integer> counted : inTrain.entrySet()) {
      if (counted.getValue() < least) {
        return Optional.of(tooFewOf(counted.getKey(), counted.getValue(), "train", least));
      }
      int tested = inTest.getOrDefault(counted.getKey(), 0);
      if (hasTestDataset && tested < least) {
        return Optional.of(tooFewOf(counted.getKey(), tested, "test", least));
      }
    }
    return Optional.empty();
  }

  private static Map<String, Integer> ofOneClass(List<DatasetEntry> entries) {
    Map<String, Integer> counts = new TreeMap<>();
    for (DatasetEntry entry : entries) {
      Mask mask = entry.mask();
      if (mask != null) {
        int one = mask.classes().size() == 1 ? 1 : 0;
        mask.classes().forEach(name -> counts.merge(name, one, Integer::sum));
      }
    }
    return counts;
  }

  private static String tooFewOf(String name, int count, String dataset, int least) {
    return "The "
        + dataset
        + " data set has "
        + count
        + " images whose mask shows the defect class '"
        + name
        + "' alone: a training with masks needs at least "
        + least
        + " for each class. Add images with masks, then create the model again.";
  }

  private static Optional<Plan.Impossible> differentDimensions(
      List<DatasetEntry> train, List<DatasetEntry> test) {
    List<DatasetEntry> all = new ArrayList<>(train);
    all.addAll(test);
    Map<String, List<String>> bySize = new TreeMap<>();
    all.forEach(
        entry ->
            bySize
                .computeIfAbsent(
                    entry.picture().width() + " x " + entry.picture().height(),
                    size -> new ArrayList<>())
                .add(entry.sourceRef()));
    return bySize.size() <= 1
        ? Optional.empty()
        : Optional.of(
            new Plan.Impossible("DIFFERENT_DIMENSIONS", SAME_DIMENSIONS + " " + sizes(bySize)));
  }

  /** The sizes, the most frequent first, and some images of the others. */
  private static String sizes(Map<String, List<String>> bySize) {
    List<Map.Entry<String, List<String>>> sizes = new ArrayList<>(bySize.entrySet());
    sizes.sort(Comparator.comparing(size -> -size.getValue().size()));
    StringBuilder text = new StringBuilder();
    text.append(sizes.get(0).getValue().size())
        .append(" have ")
        .append(sizes.get(0).getKey())
        .append(" pixels");
    for (Map.Entry<String, List<String>> size :
        sizes.subList(1, Math.min(sizes.size(), MOST_NAMED + 1))) {
      List<String> images = size.getValue().stream().sorted().toList();
      text.append(", ").append(images.size()).append(images.size() == 1 ? " has " : " have ");
      text.append(size.getKey()).append(": ");
      text.append(
          images.stream().limit(MOST_NAMED).map(Excerpt::of).collect(Collectors.joining(", ")));
      text.append(images.size() > MOST_NAMED ? ", …" : "");
    }
    int more = sizes.size() - 1 - MOST_NAMED;
    text.append(more > 0 ? ", and " + more + " more sizes" : "");
    return text.append(
            ". Withdraw the images of other sizes, or send them in one size, then create the model"
                + " again.")
        .toString();
  }

  /**
   * Why all normal images test: they did so before, or they are copies of pictures that all test.
   */
  private static String nothingToLearnFrom(DatasetState state, List<DatasetEntry> train) {
    List<String> digests =
        train.stream()
            .filter(entry -> entry.annotation().label() == Label.NORMAL)
            .map(entry -> entry.picture().digest())
            .toList();
    if (digests.stream().allMatch(digest -> state.splitOfBytes(digest).isPresent())) {
      return "An earlier training made all normal images of the data set test images: add normal"
          + " images to learn from, then create the model again.";
    }
    long pictures = digests.stream().distinct().count();
    return "The "
        + digests.size()
        + " normal images are only "
        + pictures
        + (pictures == 1 ? " picture" : " pictures")
        + ", because files have the same bytes. What tests is not learned from, so none is left to"
        + " learn from: add normal images of other pictures, then create the model again.";
  }

  /** Whether there are images to learn from after the test images are taken. */
  private static boolean enoughToSplit(List<DatasetEntry> train) {
    return count(train, Label.NORMAL) >= LEAST_NORMAL_SINGLE;
  }

  private static boolean isLearnedFrom(DatasetEntry entry, Map<String, Split> splits) {
    return entry.annotation().label() == Label.NORMAL
        && splits.get(entry.sourceRef()) == Split.TRAIN;
  }

  private static long count(List<DatasetEntry> entries, Label label) {
    return entries.stream().filter(entry -> entry.annotation().label() == label).count();
  }

  private static TrainingImage line(DatasetState state, DatasetEntry entry, Split split) {
    if (entry.split() != split) {
      state.put(entry.on(split));
    }
    state.rememberSplit(entry.picture().digest(), split);
    return new TrainingImage(
        entry.sourceRef(), split, entry.annotation(), entry.picture(), entry.mask());
  }
}
