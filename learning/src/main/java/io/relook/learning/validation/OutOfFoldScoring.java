package io.relook.learning.validation;

import io.relook.learning.data.FeatureCheck;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingImpossibleException;
import io.relook.learning.data.TrainingSet;
import io.relook.learning.data.Workers;
import io.relook.learning.detectors.DetectorScorer;
import io.relook.learning.detectors.FittedDetector;
import io.relook.learning.features.Features;
import io.relook.learning.incremental.ScoringPlan;
import io.relook.learning.incremental.TrainingState;
import io.relook.learning.incremental.TrainingState.Scored;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Scores training pictures by detectors that were fitted without them. A good picture is scored by
 * the detectors of its fold. An anomalous one is scored by the shipped unsupervised detectors,
 * which are fitted to good pictures only, and by its fold's supervised detectors.
 */
public final class OutOfFoldScoring implements AutoCloseable {

  private final TrainingSet set;
  private final ScoringPlan plan;
  private final FoldFits fits;
  private final FeatureCheck check;
  private final Workers workers;
  private final Map<FoldFit, DetectorScorer> scorers = new LinkedHashMap<>();

  /**
   * @param fitted the detectors of each fit
   * @param scorer makes a scorer for all statistics of some detectors
   */
  public OutOfFoldScoring(
      TrainingSet set,
      ScoringPlan plan,
      FoldFits fits,
      Map<FoldFit, List<FittedDetector>> fitted,
      Function<List<FittedDetector>, DetectorScorer> scorer,
      FeatureCheck check,
      Workers workers) {
    this.set = set;
    this.plan = plan;
    this.fits = fits;
    this.check = check;
    this.workers = workers;
    try {
      fitted.forEach((fit, detectors) -> scorers.put(fit, scorer.apply(detectors)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * What was scored, and what was kept of a parent.
   *
   * @param outOfFold statistics that choose detectors, stack and threshold
   * @param good statistics of good pictures by content digest, for later trainings
   * @param anomalous the same of anomalous pictures
   */
  public record Scores(
      OutOfFoldStatistics outOfFold, Map<String, Scored> good, Map<String, Scored> anomalous) {}

  /**
   * Scores the pictures of the plan.
   *
   * @param unsupervisedColumns number of statistics of unsupervised detectors, which come first
   * @param parent its statistics of all other pictures are kept
   * @param generation of this training
   */
  public Scores score(int unsupervisedColumns, Optional<TrainingState> parent, int generation)
      throws TrainingImpossibleException, IOException, InterruptedException {
    List<Integer> goodToScore = List.copyOf(plan.goodToScore());
    List<GoodRow> goodRows = workers.map(goodToScore, this::goodRow);
    Map<String, Scored> good = new TreeMap<>();
    for (int i = 0; i < goodToScore.size(); i++) {
      good.put(
          set.good().get(goodToScore.get(i)).contentDigest(),
          new Scored(generation, goodRows.get(i).withoutFold));
    }
    List<Integer> anomalousToScore = List.copyOf(plan.anomalousToScore());
    List<double[]> anomalousRows =
        workers.map(anomalousToScore, i -> anomalousRow(i, unsupervisedColumns));
    Map<String, Scored> anomalous = new TreeMap<>();
    for (int i = 0; i < anomalousToScore.size(); i++) {
      anomalous.put(
          set.anomalous().get(anomalousToScore.get(i)).contentDigest(),
          new Scored(generation, anomalousRows.get(i)));
    }
    List<Integer> allAnomalous = TrainingSet.indices(set.anomalous());
    parent.ifPresent(
        state -> {
          keep(set.good(), plan.good(), state.good(), good);
          keep(set.anomalous(), allAnomalous, state.anomalous(), anomalous);
        });
    OutOfFoldStatistics outOfFold =
        new OutOfFoldStatistics(
            rows(set.good(), plan.good(), good),
            plan.good().stream().map(set.goodFolds()::foldOf).toList(),
            rows(set.anomalous(), allAnomalous, anomalous),
            set.anomalousFolds());
    if (plan.corrected()) {
      // The plan then scores all good pictures now, in their order.
      outOfFold =
          outOfFold.corrected(
              goodRows.stream().map(row -> row.withoutTwo.orElseThrow()).toList(),
              set.goodFolds().count());
    }
    return new Scores(outOfFold, good, anomalous);
  }

  /**
   * Statistics of a good picture.
   *
   * @param withoutFold by detectors fitted without its fold
   * @param withoutTwo by detectors fitted without its fold and another one, if bias is corrected
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record GoodRow(double[] withoutFold, Optional<double[]> withoutTwo) {}

  private GoodRow goodRow(int picture) throws TrainingImpossibleException, IOException {
    Features features = check.load(set.good().get(picture));
    int fold = set.goodFolds().foldOf(picture);
    return new GoodRow(
        scorer(fits.without(fold)).score(features),
        plan.corrected()
            ? Optional.of(scorer(fits.withoutTwo(fold)).score(features))
            : Optional.empty());
  }

  private double[] anomalousRow(int picture, int unsupervisedColumns)
      throws TrainingImpossibleException, IOException {
    Features features = check.load(set.anomalous().get(picture));
    double[] row = scorer(FoldFit.SHIPPED).score(features);
    if (set.mode().learnsFromAnomalies()) {
      double[] supervised = scorer(fits.without(set.anomalousFolds().get(picture))).score(features);
      System.arraycopy(
          supervised,
          unsupervisedColumns,
          row,
          unsupervisedColumns,
          row.length - unsupervisedColumns);
    }
    return row;
  }

  private DetectorScorer scorer(FoldFit fit) {
    return Objects.requireNonNull(scorers.get(fit));
  }

  /** Adds earlier statistics of pictures that were not scored now. */
  private static void keep(
      List<LabelledFeatures> pictures,
      List<Integer> used,
      Map<String, Scored> earlier,
      Map<String, Scored> scored) {
    for (int i : used) {
      String digest = pictures.get(i).contentDigest();
      Scored known = earlier.get(digest);
      if (known != null) {
        scored.putIfAbsent(digest, known);
      }
    }
  }

  private static List<double[]> rows(
      List<LabelledFeatures> pictures, List<Integer> used, Map<String, Scored> scored) {
    List<double[]> rows = new ArrayList<>();
    for (int i : used) {
      rows.add(Objects.requireNonNull(scored.get(pictures.get(i).contentDigest())).statistics());
    }
    return rows;
  }

  @Override
  public void close() {
    scorers.values().forEach(DetectorScorer::close);
  }
}
