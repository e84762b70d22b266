package io.relook.learning.incremental;

import io.relook.learning.data.FeatureCheck;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.data.TrainingImpossibleException;
import io.relook.learning.data.TrainingSet;
import io.relook.learning.incremental.Lineage.Refit;
import io.relook.learning.incremental.TrainingState.Fold;
import io.relook.learning.statistics.StatisticsExtractor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a training starts from: the statistics of the good pictures of each fold, either updated
 * from a parent's or computed from scratch.
 *
 * @param folds of this training's good pictures
 * @param lineage the parent, or why there is none
 * @param parent the parent's state, whose out-of-fold statistics may be used again
 * @param sinceRefit of this training
 */
public record IncrementalBase(
    List<Fold> folds, Lineage lineage, Optional<TrainingState> parent, SinceRefit sinceRefit) {

  /**
   * Updates the parent's statistics where {@link RefitRule} allows it, else starts from scratch.
   *
   * @param data also holds pictures that are no longer labelled good but still exist
   * @param fingerprint of this training, see {@link TrainingState}
   */
  public static IncrementalBase of(
      TrainingSet set,
      TrainingData data,
      Optional<ParentTraining> parent,
      String fingerprint,
      StatisticsExtractor statisticsExtractor,
      FoldStatistics foldStatistics,
      FeatureCheck check)
      throws TrainingImpossibleException, IOException, InterruptedException {
    Refit refit = Refit.NO_PARENT;
    if (parent.isPresent()) {
      Optional<TrainingState> read = read(parent.get(), statisticsExtractor);
      Set<String> digests = set.goodDigests();
      Optional<Refit> reason =
          read.isEmpty()
              ? Optional.of(Refit.PARENT_UNREADABLE)
              : RefitRule.refit(read.get(), parent.get().refitEvery(), fingerprint, digests);
      if (reason.isEmpty()) {
        TrainingState state = read.orElseThrow();
        check.checkDimensions(state.pictureWidth(), state.pictureHeight());
        List<LabelledFeatures> others = new ArrayList<>(data.test());
        others.addAll(data.train());
        Optional<List<Fold>> updated =
            foldStatistics.updated(
                set.good(), set.goodFolds(), state.folds(), others, parent.get().removed());
        if (updated.isPresent()) {
          return new IncrementalBase(
              updated.get(),
              Lineage.of(parent.get(), state),
              read,
              new SinceRefit(
                  state.sinceRefit().trainings() + 1,
                  state.sinceRefit().goodPictures(),
                  state.sinceRefit().changes() + RefitRule.changes(state, digests)));
        }
      }
      refit = reason.orElse(Refit.REMOVED_PICTURE_ERASED);
    }
    return new IncrementalBase(
        foldStatistics.fromScratch(set.good(), set.goodFolds()),
        Lineage.fromScratch(refit),
        Optional.empty(),
        new SinceRefit(0, set.good().size(), 0));
  }

  private static Optional<TrainingState> read(
      ParentTraining parent, StatisticsExtractor statisticsExtractor) {
    try {
      return Optional.of(TrainingState.fromBytes(parent.state(), statisticsExtractor));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
