package io.relook.job.dataset;

import io.relook.job.JobConfig;
import io.relook.job.rejection.Refusal;
import io.relook.job.rejection.RefusalCode;
import io.relook.job.training.ManifestLine;
import io.relook.job.training.ManifestLine.Side;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a project's data set does with a change or a training: {@code (input, state) → outcome}.
 *
 * <p>A later message with the same source reference replaces the earlier one. Unlabelled images are
 * counted and ignored by training. With a test data set the two data sets are used as they are;
 * without, {@link Split} decides.
 */
final class Dataset {
  static final String STAGE = "dataset";

  /** Least numbers of images (spec: lookout-for-vision.md §3). */
  private static final int LEAST_NORMAL_SINGLE = 20;

  private static final int LEAST_ANOMALY_SINGLE = 10;
  private static final int LEAST_NORMAL_TRAIN = 10;
  private static final int LEAST_NORMAL_TEST = 10;
  private static final int LEAST_ANOMALY_TEST = 10;

  /** Seen on the live service (spec: lookout-for-vision.md §5.2). */
  static final String SAME_DIMENSIONS = "Images in the dataset must have the same dimensions.";

  private final JobConfig.Window window;
  private final boolean minimums;

  Dataset(JobConfig.Window window, boolean minimums) {
    this.window = window;
    this.minimums = minimums;
  }

  /** What a training gets. */
  sealed interface Plan {
    /** These images. */
    record Train(List<ManifestLine> lines) implements Plan {}

    /** Nothing, because it cannot succeed. */
    record Impossible(String reason, String message) implements Plan {}
  }

  /** Applies a change that is no cut; answers why not when it cannot. */
  Optional<Refusal> apply(DatasetState state, ImageChange change) {
    long at = change.origin().timestamp();
    Optional<DatasetEntry> known = state.entry(change.sourceRef());
    Annotation annotation = change.annotation();
    if (annotation == null) {
      if (known.isEmpty()) {
        return unknown(change, "withdraw");
      }
      state.count(
          known.get().annotation().dataset(), at, c -> c.without(known.get().annotation(), at));
      state.remove(change.sourceRef());
      return Optional.empty();
    }
    Picture picture = change.picture();
    if (picture == null) {
      if (known.isEmpty()) {
        return unknown(change, "label");
      }
      picture = known.get().picture();
    }
    known.ifPresent(
        before ->
            state.count(
                before.annotation().dataset(), at, c -> c.without(before.annotation(), at)));
    state.put(
        new DatasetEntry(
            change.sourceRef(),
            annotation,
            picture,
            known.map(DatasetEntry::createdAt).orElse(at),
            at,
            known.map(DatasetEntry::side).orElse(null),
            change.mask()));
    state.count(annotation.dataset(), at, c -> c.with(annotation, at));
    return Optional.empty();
  }

  /**
   * Plans the training of a cut. Sides decided here are remembered, so a second training of the
   * same images finds them on the same sides.
   *
   * @param cutTime record time of the command, in milliseconds since the epoch
   */
  Plan plan(String datasetKey, DatasetState state, long cutTime) {
    List<DatasetEntry> labelled = new ArrayList<>();
    boolean hasTestDataset = false;
    for (DatasetEntry entry : state.entriesInAnyOrder()) {
      hasTestDataset |= entry.annotation().dataset() == DatasetType.TEST;
      if (entry.annotation().label() != Label.NONE) {
        labelled.add(entry);
      }
    }
    List<DatasetEntry> train = windowed(labelled, DatasetType.TRAIN, window.trainImages(), cutTime);
    List<DatasetEntry> test = windowed(labelled, DatasetType.TEST, window.testImages(), cutTime);
    Optional<Plan.Impossible> impossible =
        tooFew(train, test, hasTestDataset)
            .map(message -> new Plan.Impossible("TOO_FEW_IMAGES", message))
            .or(() -> differentDimensions(train, test));
    if (impossible.isPresent()) {
      return impossible.get();
    }
    List<ManifestLine> lines = new ArrayList<>();
    if (hasTestDataset) {
      train.forEach(entry -> lines.add(line(state, entry, Side.TRAIN)));
      test.forEach(entry -> lines.add(line(state, entry, Side.TEST)));
    } else {
      Map<String, Side> sides =
          Split.sides(datasetKey, train, state::sideOfBytes, minimums || enoughToSplit(train));
      if (train.stream().noneMatch(entry -> isLearnedFrom(entry, sides))) {
        return new Plan.Impossible(
            "TOO_FEW_IMAGES",
            "All normal images of the data set are test images since an earlier training: add"
                + " normal images to learn from, then create the model again.");
      }
      train.forEach(
          entry ->
              lines.add(line(state, entry, sides.getOrDefault(entry.sourceRef(), Side.TRAIN))));
    }
    lines.sort(Comparator.comparing(ManifestLine::sourceRef));
    return new Plan.Train(List.copyOf(lines));
  }

  private List<DatasetEntry> windowed(
      List<DatasetEntry> labelled, DatasetType dataset, int most, long cutTime) {
    return labelled.stream()
        .filter(entry -> entry.annotation().dataset() == dataset)
        .filter(entry -> cutTime - entry.updatedAt() <= window.maxAgeMillis())
        .sorted(
            Comparator.comparingLong(DatasetEntry::updatedAt)
                .reversed()
                .thenComparing(DatasetEntry::sourceRef))
        .limit(most)
        .toList();
  }

  private Optional<String> tooFew(
      List<DatasetEntry> train, List<DatasetEntry> test, boolean hasTestDataset) {
    long normal = count(train, Label.NORMAL);
    long anomaly = count(train, Label.ANOMALY);
    if (!minimums) {
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

  private static Optional<Plan.Impossible> differentDimensions(
      List<DatasetEntry> train, List<DatasetEntry> test) {
    List<DatasetEntry> all = new ArrayList<>(train);
    all.addAll(test);
    boolean same =
        all.stream()
                .map(entry -> entry.picture().width() + "x" + entry.picture().height())
                .distinct()
                .count()
            <= 1;
    return same
        ? Optional.empty()
        : Optional.of(new Plan.Impossible("DIFFERENT_DIMENSIONS", SAME_DIMENSIONS));
  }

  /** Whether something is left to learn from once the test images are taken. */
  private static boolean enoughToSplit(List<DatasetEntry> train) {
    return count(train, Label.NORMAL) >= LEAST_NORMAL_SINGLE;
  }

  private static boolean isLearnedFrom(DatasetEntry entry, Map<String, Side> sides) {
    return entry.annotation().label() == Label.NORMAL && sides.get(entry.sourceRef()) == Side.TRAIN;
  }

  private static long count(List<DatasetEntry> entries, Label label) {
    return entries.stream().filter(entry -> entry.annotation().label() == label).count();
  }

  private static ManifestLine line(DatasetState state, DatasetEntry entry, Side side) {
    if (entry.side() != side) {
      state.put(entry.on(side));
    }
    state.rememberSide(entry.picture().digest(), side);
    return new ManifestLine(entry.sourceRef(), side, entry.annotation(), entry.picture());
  }

  private static Optional<Refusal> unknown(ImageChange change, String what) {
    return Optional.of(
        new Refusal(
            STAGE,
            RefusalCode.UNKNOWN_SOURCE_REF,
            "There is no image to "
                + what
                + " under this source reference in the project: send the picture first.",
            change.account(),
            change.project(),
            change.sourceRef()));
  }
}
