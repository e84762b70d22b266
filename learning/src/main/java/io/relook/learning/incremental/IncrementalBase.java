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
 * Summaries of the good pictures of each fold, and what they were built on.
 *
 * @param parent whose statistics may be used again
 * @param base good pictures of the last training from scratch
 * @param changes pictures that came or went since
 */
public record IncrementalBase(
    List<Fold> folds, Lineage lineage, Optional<TrainingState> parent, int base, int changes) {

  /**
   * On top of the parent where that may be, else from scratch.
   *
   * @param data holds pictures that are not good any more but still there
   * @param fingerprint of this training, see {@link TrainingState}
   */
  public static IncrementalBase of(
      TrainingSet set,
      TrainingData data,
      Optional<ParentTraining> parent,
      String fingerprint,
      StatisticsExtractor statisticsExtractor,
      FoldStatistics goodFolds,
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
            goodFolds.of(
                set.good(), set.goodFolds(), state.folds(), others, parent.get().removed());
        if (updated.isPresent()) {
          return new IncrementalBase(
              updated.get(),
              Lineage.of(parent.get(), state),
              read,
              state.base(),
              state.changes() + RefitRule.changes(state, digests));
        }
      }
      refit = reason.orElse(Refit.REMOVED_PICTURE_ERASED);
    }
    return new IncrementalBase(
        goodFolds
            .of(set.good(), set.goodFolds(), List.of(), List.of(), digest -> Optional.empty())
            .orElseThrow(),
        Lineage.fromScratch(refit),
        Optional.empty(),
        set.good().size(),
        0);
  }

  private static Optional<TrainingState> read(ParentTraining parent, StatisticsExtractor statisticsExtractor) {
    try {
      return Optional.of(TrainingState.fromBytes(parent.state(), statisticsExtractor));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
