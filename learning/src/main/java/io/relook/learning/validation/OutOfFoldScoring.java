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
import io.relook.learning.incremental.TrainingState.Scored;
import io.relook.learning.incremental.TrainingState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Scores training pictures by heads that have not seen them: good ones by the heads of their fold;
 * anomalous ones by the shipped heads, but by their fold's where a head learns from them.
 */
public final class OutOfFoldScoring implements AutoCloseable {

  private final TrainingSet set;
  private final ScoringPlan plan;
  private final FoldFits fits;
  private final FeatureCheck check;
  private final Workers workers;
  private final Map<Integer, DetectorScorer> scorers = new TreeMap<>();

  /**
   * @param fitted by the numbers of {@link FoldFits}
   * @param scorer of all statistics of some heads
   */
  public OutOfFoldScoring(
      TrainingSet set,
      ScoringPlan plan,
      FoldFits fits,
      Map<Integer, List<FittedDetector>> fitted,
      Function<List<FittedDetector>, DetectorScorer> scorer,
      FeatureCheck check,
      Workers workers) {
    this.set = set;
    this.plan = plan;
    this.fits = fits;
    this.check = check;
    this.workers = workers;
    try {
      fitted.forEach((number, heads) -> scorers.put(number, scorer.apply(heads)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Statistics of the pictures that choose.
   *
   * @param good by content digest, for later trainings
   * @param anomalous by content digest
   */
  public record Scores(OutOfFold outOfFold, Map<String, Scored> good, Map<String, Scored> anomalous) {}

  /**
   * @param noveltyColumns statistics of heads that do not learn from anomalies, which come first
   * @param parent whose statistics of other pictures are kept
   * @param generation of this training
   */
  public Scores score(int noveltyColumns, Optional<TrainingState> parent, int generation)
      throws TrainingImpossibleException, IOException, InterruptedException {
    List<Integer> goodNow = List.copyOf(plan.goodNow());
    List<GoodRow> goodRows = workers.map(goodNow, this::goodRow);
    Map<String, Scored> good = new TreeMap<>();
    for (int i = 0; i < goodNow.size(); i++) {
      good.put(
          set.good().get(goodNow.get(i)).contentDigest(),
          new Scored(generation, goodRows.get(i).withoutFold));
    }
    List<Integer> anomalousNow = List.copyOf(plan.anomalousNow());
    List<double[]> anomalousRows = workers.map(anomalousNow, i -> anomalousRow(i, noveltyColumns));
    Map<String, Scored> anomalous = new TreeMap<>();
    for (int i = 0; i < anomalousNow.size(); i++) {
      anomalous.put(
          set.anomalous().get(anomalousNow.get(i)).contentDigest(),
          new Scored(generation, anomalousRows.get(i)));
    }
    List<Integer> allAnomalous = TrainingSet.indices(set.anomalous());
    parent.ifPresent(
        state -> {
          keep(set.good(), plan.good(), state.good(), good);
          keep(set.anomalous(), allAnomalous, state.anomalous(), anomalous);
        });
    OutOfFold outOfFold =
        new OutOfFold(
            rows(set.good(), plan.good(), good),
            plan.good().stream().map(set.goodFolds()::foldOf).toList(),
            rows(set.anomalous(), allAnomalous, anomalous),
            set.anomalousFolds());
    if (plan.corrected()) {
      // All were scored now, in their order.
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
   * @param withoutFold by the heads that lack its fold
   * @param withoutTwo by those that lack one fold more, to correct by
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record GoodRow(double[] withoutFold, Optional<double[]> withoutTwo) {}

  private GoodRow goodRow(int picture) throws TrainingImpossibleException, IOException {
    Features features = check.load(set.good().get(picture));
    int judge = fits.judgeOf(set.goodFolds().foldOf(picture));
    return new GoodRow(
        scorer(judge).score(features),
        plan.corrected()
            ? Optional.of(scorer(set.goodFolds().count() + judge).score(features))
            : Optional.empty());
  }

  private double[] anomalousRow(int picture, int noveltyColumns)
      throws TrainingImpossibleException, IOException {
    Features features = check.load(set.anomalous().get(picture));
    double[] row = scorer(FoldFits.SHIPPED).score(features);
    if (set.mode().learnsFromAnomalies()) {
      double[] unseen = scorer(fits.judgeOf(set.anomalousFolds().get(picture))).score(features);
      System.arraycopy(unseen, noveltyColumns, row, noveltyColumns, row.length - noveltyColumns);
    }
    return row;
  }

  private DetectorScorer scorer(int number) {
    return Objects.requireNonNull(scorers.get(number));
  }

  /** Adds earlier scores of pictures that have none now. */
  private static void keep(
      List<LabelledFeatures> pictures,
      List<Integer> wanted,
      Map<String, Scored> earlier,
      Map<String, Scored> scored) {
    for (int i : wanted) {
      String digest = pictures.get(i).contentDigest();
      Scored known = earlier.get(digest);
      if (known != null) {
        scored.putIfAbsent(digest, known);
      }
    }
  }

  private static List<double[]> rows(
      List<LabelledFeatures> pictures, List<Integer> wanted, Map<String, Scored> scored) {
    List<double[]> rows = new ArrayList<>();
    for (int i : wanted) {
      rows.add(Objects.requireNonNull(scored.get(pictures.get(i).contentDigest())).statistics());
    }
    return rows;
  }

  @Override
  public void close() {
    scorers.values().forEach(DetectorScorer::close);
  }
}
