package io.relook.learning.training;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.backbone.Tap;
import io.relook.learning.data.FeatureCheck;
import io.relook.learning.data.Folds;
import io.relook.learning.data.TrainingData;
import io.relook.learning.data.TrainingImpossibleException;
import io.relook.learning.data.TrainingMode;
import io.relook.learning.data.TrainingSet;
import io.relook.learning.data.Workers;
import io.relook.learning.decision.Calibration;
import io.relook.learning.decision.Ensemble;
import io.relook.learning.decision.LabelNoiseFilter;
import io.relook.learning.detectors.Detector;
import io.relook.learning.detectors.DetectorScorer;
import io.relook.learning.detectors.Detectors;
import io.relook.learning.detectors.FittedDetector;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.incremental.FoldStatistics;
import io.relook.learning.incremental.IncrementalBase;
import io.relook.learning.incremental.Lineage;
import io.relook.learning.incremental.ParentTraining;
import io.relook.learning.incremental.ScoringPlan;
import io.relook.learning.incremental.TrainingState;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.statistics.PictureSetStatistics;
import io.relook.learning.statistics.PictureStatistics;
import io.relook.learning.statistics.StatisticsExtractor;
import io.relook.learning.validation.FoldFits;
import io.relook.learning.validation.OutOfFoldScoring;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Trains models for one backbone. Safe for use by several threads.
 *
 * <ol>
 *   <li>Good training pictures are summarised by fold. All heads are fitted from all folds, and
 *       once more per fold from all but that one.
 *   <li>Every good picture is scored by the heads of its fold, which have not seen it; anomalous
 *       ones by the shipped heads, or by their fold's where a head learns from them. Those
 *       statistics choose heads, stack and threshold ({@link Fitting}).
 *   <li>Good pictures that look as anomalous as anomalous ones, or without those are far out among
 *       the good, are suspected to be mislabelled ({@link LabelNoiseFilter}) and listed. They count
 *       less for the threshold, and without anomalous ones not at all, as do all that are doubtful.
 *       They are learned from all the same. Leaving them out was tried: an odd good picture that
 *       the model has not seen becomes a false alarm, which cost more than the wrong labels did.
 *   <li>The file is written; test pictures are scored by its nodes.
 * </ol>
 *
 * <p>A training that builds on a parent ({@link ParentTraining}) changes the parent's summaries by
 * the pictures that came and went, and keeps statistics of pictures that stayed, but for the oldest
 * of them: its work is that of the new pictures, of a bounded number of old ones, and of the fit.
 */
public final class Trainer {

  private final Backbone backbone;
  private final List<Tap> taps;
  private final ExecutionProvider provider;

  /** Trains on the processor. */
  public Trainer(Backbone backbone) {
    this(backbone, ExecutionProvider.CPU);
  }

  /**
   * @param provider what graphs run on; part of what decides a model's bytes
   */
  public Trainer(Backbone backbone, ExecutionProvider provider) {
    this.backbone = backbone;
    this.provider = provider;
    this.taps = backbone.descriptor().taps();
  }

  /**
   * Trains one model from scratch. Equal data, settings and backbone give equal bytes, whatever the
   * number of threads.
   *
   * @param progress told each stage as it begins, by the calling thread
   * @throws TrainingImpossibleException if this data can never become a model
   * @throws IOException if features cannot be loaded
   * @throws InterruptedException if the calling thread is interrupted; work on the way is abandoned
   */
  public TrainedModel train(
      TrainingData data, TrainingSettings settings, Consumer<TrainingStage> progress)
      throws TrainingImpossibleException, IOException, InterruptedException {
    return train(data, settings, Optional.empty(), progress);
  }

  /**
   * Trains one model, on top of a parent where that can be. Equal data, settings, backbone and
   * parent give equal bytes.
   */
  public TrainedModel train(
      TrainingData data,
      TrainingSettings settings,
      Optional<ParentTraining> parent,
      Consumer<TrainingStage> progress)
      throws TrainingImpossibleException, IOException, InterruptedException {
    long start = System.nanoTime();
    TrainingSet set = TrainingSet.of(data.train(), settings.seed());
    TrainingMode regime = set.mode();
    List<Detector> heads =
        new Detectors(taps)
            .all().stream()
                .filter(h -> regime.learnsFromAnomalies() || !h.learnsFromAnomalies())
                .toList();
    String fingerprint = fingerprint(settings, set.goodFolds(), heads);
    FeatureCheck check = new FeatureCheck(backbone, settings.area());
    try (Workers workers = new Workers(settings.threads());
        StatisticsExtractor statisticsExtractor = new Detectors(taps).statisticsExtractor(provider)) {

      progress.accept(TrainingStage.LOADING_FEATURES);
      FoldStatistics goodFolds = new FoldStatistics(statisticsExtractor, check, workers);
      IncrementalBase foundation =
          IncrementalBase.of(set, data, parent, fingerprint, statisticsExtractor, goodFolds, check);
      List<PictureSetStatistics> anomalousSummaries =
          workers.map(set.shown(), i -> goodFolds.load(set.anomalous().get(i)));

      progress.accept(TrainingStage.FITTING_HEADS);
      ScoringPlan plan = ScoringPlan.of(set, foundation.parent());
      FoldFits fits =
          new FoldFits(
              heads,
              foundation.folds().stream().map(TrainingState.Fold::asSet).toList(),
              anomalousSummaries,
              set.shown().stream().map(set.anomalousFolds()::get).toList(),
              settings.seed());
      List<Integer> numbers = fits.numbers(plan.judgedFolds(set), plan.corrected());
      List<List<FittedDetector>> fittedInOrder = workers.map(numbers, fits::fit);
      Map<Integer, List<FittedDetector>> fitted = new TreeMap<>();
      for (int n = 0; n < numbers.size(); n++) {
        fitted.put(numbers.get(n), fittedInOrder.get(n));
      }
      List<FittedDetector> shipped = fittedInOrder.get(0);

      progress.accept(TrainingStage.CHOOSING_THRESHOLD);
      OutOfFoldScoring.Scores scores;
      try (OutOfFoldScoring scoring =
          new OutOfFoldScoring(set, plan, fits, fitted, this::statisticsScorer, check, workers)) {
        scores =
            scoring.score(
                noveltyColumns(heads, shipped),
                foundation.parent(),
                foundation.lineage().generation());
      }
      Fitting fitting = Fitting.of(shipped, heads, scores.outOfFold(), regime, settings);
      Ensemble ensemble = fitting.ensemble();

      progress.accept(TrainingStage.EXPORTING);
      byte[] onnx =
          ModelFile.write(
              backbone,
              check.inputSize(),
              ensemble,
              card(set, settings, foundation.lineage(), fitting.evaluation()));
      TrainingState state =
          new TrainingState(
              fingerprint,
              foundation.lineage().generation(),
              foundation.base(),
              foundation.changes(),
              check.width(),
              check.height(),
              foundation.folds(),
              scores.good(),
              scores.anomalous());

      progress.accept(TrainingStage.SCORING_TEST_IMAGES);
      List<ImageScore> testScores;
      try (DetectorScorer scorer =
          new DetectorScorer(
              taps,
              backbone.opset(),
              provider,
              (graph, values) -> ensemble.addTo(graph, values).score())) {
        testScores =
            workers.map(
                data.test(),
                p -> new ImageScore(p.id(), p.anomalous(), scorer.score(check.load(p))[0]));
      }
      Optional<Evaluation> evaluation =
          testScores.isEmpty()
              ? Optional.empty()
              : Optional.of(Evaluator.evaluate(testScores, Calibration.CALIBRATED_THRESHOLD));
      progress.accept(TrainingStage.DONE);
      return new TrainedModel(
          onnx,
          testScores,
          evaluation,
          Calibration.CALIBRATED_THRESHOLD,
          ensemble.names(),
          regime.name(),
          Duration.ofNanos(System.nanoTime() - start),
          fitting.suspects().stream().map(i -> set.good().get(plan.good().get(i)).id()).toList(),
          fitting.evaluation(),
          foundation.lineage(),
          state.toBytes());
    }
  }

  private DetectorScorer statisticsScorer(List<FittedDetector> heads) {
    return DetectorScorer.statistics(taps, heads, backbone.opset(), provider);
  }

  /** Heads that learn from anomalies come last. */
  private static int noveltyColumns(List<Detector> heads, List<FittedDetector> shipped) {
    return IntStream.range(0, heads.size())
        .filter(h -> !heads.get(h).learnsFromAnomalies())
        .map(h -> shipped.get(h).statistics().size())
        .sum();
  }

  private static Map<String, String> card(
      TrainingSet set, TrainingSettings settings, Lineage lineage, Optional<Evaluation> outOfFold) {
    Map<String, String> card = new TreeMap<>(settings.modelCard());
    card.put("relook.seed", Long.toString(settings.seed()));
    card.put("relook.regime", set.mode().name());
    card.put("relook.threshold.goal", settings.goal().toString());
    card.put("relook.training.good", Integer.toString(set.good().size()));
    card.put("relook.training.anomalous", Integer.toString(set.anomalous().size()));
    lineage.parentModelDigest().ifPresent(p -> card.put("relook.parent", p));
    outOfFold.ifPresent(
        e -> {
          card.put("relook.outOfFold.rocAuc", Double.toString(e.rocAuc()));
          card.put("relook.outOfFold.averagePrecision", Double.toString(e.averagePrecision()));
          card.put("relook.outOfFold.f1", Double.toString(e.f1()));
        });
    return card;
  }

  /** All that shapes summaries and statistics. */
  private String fingerprint(TrainingSettings settings, Folds folds, List<Detector> heads) {
    return String.join(
        "|",
        backbone.digest(),
        provider.id(),
        Integer.toString(settings.area()),
        Long.toString(settings.seed()),
        Integer.toString(folds.count()),
        Integer.toString(PictureStatistics.VERSION),
        heads.stream().map(Detector::name).collect(Collectors.joining(",")));
  }
}
