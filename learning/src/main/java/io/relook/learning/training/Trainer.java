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
import io.relook.learning.model.ModelCard;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.statistics.PictureSetStatistics;
import io.relook.learning.statistics.PictureStatistics;
import io.relook.learning.statistics.StatisticsExtractor;
import io.relook.learning.validation.FoldFit;
import io.relook.learning.validation.FoldFits;
import io.relook.learning.validation.OutOfFoldScoring;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Trains models for one backbone. Safe for use by several threads.
 *
 * <ol>
 *   <li>The statistics of good training pictures are joined by fold. All detectors are fitted to
 *       all folds, and for cross-validation to all but one.
 *   <li>Every good picture is scored by detectors fitted without its fold. Anomalous pictures are
 *       scored by the shipped unsupervised detectors and by supervised ones fitted without their
 *       fold. These statistics choose detectors, stack and threshold ({@link EnsembleFit}).
 *   <li>Good pictures that look as anomalous as the anomalous ones, or without those are outliers
 *       among the good, have a suspected label ({@link LabelNoiseFilter}) and are listed. They
 *       count less for the threshold; without anomalous pictures, outliers do not count at all.
 *       Detectors are fitted to them nevertheless. Leaving them out was tried: an odd good picture
 *       that the model does not know becomes a false alarm, which cost more than wrong labels did.
 *   <li>The model file is written; its nodes score the test pictures.
 * </ol>
 *
 * <p>An incremental training ({@link ParentTraining}) updates the parent's statistics by the
 * pictures added and removed, and keeps the out-of-fold statistics of most others. Its cost is that
 * of the new pictures, of a bounded number of old ones, and of the fits.
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
   * @param provider what graphs run on; models of different providers may differ in their bytes
   */
  public Trainer(Backbone backbone, ExecutionProvider provider) {
    this.backbone = backbone;
    this.provider = provider;
    this.taps = backbone.descriptor().taps();
  }

  /**
   * Trains one model from scratch. Equal data, settings and backbone give equal bytes, with any
   * number of threads.
   *
   * @param progress is called with each stage as it begins, by the calling thread
   * @throws TrainingImpossibleException if no model can be trained from this data
   * @throws IOException if features cannot be loaded
   * @throws InterruptedException if the calling thread is interrupted; running tasks are abandoned
   */
  public TrainedModel train(
      TrainingData data, TrainingSettings settings, Consumer<TrainingStage> progress)
      throws TrainingImpossibleException, IOException, InterruptedException {
    return train(data, settings, Optional.empty(), progress);
  }

  /**
   * Trains one model on top of a parent where that is possible, else from scratch. Equal data,
   * settings, backbone and parent give equal bytes.
   */
  public TrainedModel train(
      TrainingData data,
      TrainingSettings settings,
      Optional<ParentTraining> parent,
      Consumer<TrainingStage> progress)
      throws TrainingImpossibleException, IOException, InterruptedException {
    long start = System.nanoTime();
    TrainingSet set = TrainingSet.of(data.train(), settings.seed());
    TrainingMode mode = set.mode();
    List<Detector> detectors =
        new Detectors(taps)
            .all().stream()
                .filter(d -> mode.learnsFromAnomalies() || !d.learnsFromAnomalies())
                .toList();
    String fingerprint = fingerprint(settings, set.goodFolds(), detectors);
    FeatureCheck check = new FeatureCheck(backbone, settings.area());
    try (Workers workers = new Workers(settings.threads());
        StatisticsExtractor statisticsExtractor =
            new Detectors(taps).statisticsExtractor(provider)) {

      progress.accept(TrainingStage.LOADING_FEATURES);
      FoldStatistics foldStatistics = new FoldStatistics(statisticsExtractor, check, workers);
      IncrementalBase base =
          IncrementalBase.of(
              set, data, parent, fingerprint, statisticsExtractor, foldStatistics, check);
      List<PictureSetStatistics> anomalous =
          workers.map(set.anomalousForFitting(), i -> foldStatistics.load(set.anomalous().get(i)));

      progress.accept(TrainingStage.FITTING_HEADS);
      ScoringPlan plan = ScoringPlan.of(set, base.parent());
      FoldFits fits =
          new FoldFits(
              detectors,
              base.folds().stream().map(TrainingState.Fold::statistics).toList(),
              anomalous,
              set.anomalousForFitting().stream().map(set.anomalousFolds()::get).toList(),
              settings.seed());
      Map<FoldFit, List<FittedDetector>> fitted =
          fitted(fits, fits.needed(plan.heldOutFolds(set), plan.corrected()), workers);
      List<FittedDetector> shipped = Objects.requireNonNull(fitted.get(FoldFit.SHIPPED));

      progress.accept(TrainingStage.CHOOSING_THRESHOLD);
      OutOfFoldScoring.Scores scores;
      try (OutOfFoldScoring scoring =
          new OutOfFoldScoring(set, plan, fits, fitted, this::statisticsScorer, check, workers)) {
        scores =
            scoring.score(
                unsupervisedColumns(detectors, shipped),
                base.parent(),
                base.sinceRefit().trainings());
      }
      EnsembleFit fit = EnsembleFit.of(shipped, detectors, scores.outOfFold(), mode, settings);

      progress.accept(TrainingStage.EXPORTING);
      byte[] onnx =
          ModelFile.write(
              backbone,
              check.inputSize(),
              fit.ensemble(),
              card(set, check, settings, base.lineage(), fit.evaluation()));
      TrainingState state =
          new TrainingState(
              fingerprint,
              base.sinceRefit(),
              check.width(),
              check.height(),
              base.folds(),
              scores.good(),
              scores.anomalous());

      progress.accept(TrainingStage.SCORING_TEST_IMAGES);
      List<ImageScore> testScores = testScores(data, fit.ensemble(), check, workers);
      Optional<Evaluation> evaluation =
          testScores.isEmpty()
              ? Optional.empty()
              : Optional.of(Evaluator.evaluate(testScores, Calibration.CALIBRATED_THRESHOLD));
      progress.accept(TrainingStage.DONE);
      return new TrainedModel(
          onnx,
          state.toBytes(),
          new TrainedModel.Decision(
              fit.ensemble().names(),
              mode,
              Calibration.CALIBRATED_THRESHOLD,
              fit.suspects().stream().map(i -> set.good().get(plan.good().get(i)).id()).toList()),
          testScores,
          evaluation,
          fit.evaluation(),
          base.lineage(),
          Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static Map<FoldFit, List<FittedDetector>> fitted(
      FoldFits fits, List<FoldFit> needed, Workers workers)
      throws TrainingImpossibleException, IOException, InterruptedException {
    List<List<FittedDetector>> detectors = workers.map(needed, fits::fit);
    Map<FoldFit, List<FittedDetector>> fitted = new LinkedHashMap<>();
    for (int i = 0; i < needed.size(); i++) {
      fitted.put(needed.get(i), detectors.get(i));
    }
    return fitted;
  }

  private DetectorScorer statisticsScorer(List<FittedDetector> detectors) {
    return DetectorScorer.statistics(taps, detectors, backbone.opset(), provider);
  }

  /** Number of statistics of unsupervised detectors, which come first. */
  private static int unsupervisedColumns(List<Detector> detectors, List<FittedDetector> shipped) {
    return IntStream.range(0, detectors.size())
        .filter(d -> !detectors.get(d).learnsFromAnomalies())
        .map(d -> shipped.get(d).statistics().size())
        .sum();
  }

  private List<ImageScore> testScores(
      TrainingData data, Ensemble ensemble, FeatureCheck check, Workers workers)
      throws TrainingImpossibleException, IOException, InterruptedException {
    try (DetectorScorer scorer =
        new DetectorScorer(
            taps,
            backbone.opset(),
            provider,
            (graph, values) -> ensemble.addTo(graph, values).score())) {
      return workers.map(
          data.test(), p -> new ImageScore(p.id(), p.anomalous(), scorer.score(check.load(p))[0]));
    }
  }

  private static Map<String, String> card(
      TrainingSet set,
      FeatureCheck check,
      TrainingSettings settings,
      Lineage lineage,
      Optional<Evaluation> outOfFold) {
    Map<String, String> card = new TreeMap<>(settings.modelCard());
    card.put(ModelCard.PICTURE_WIDTH, Integer.toString(check.width()));
    card.put(ModelCard.PICTURE_HEIGHT, Integer.toString(check.height()));
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

  /** Everything that statistics of pictures and detectors depend on, besides the pictures. */
  private String fingerprint(TrainingSettings settings, Folds folds, List<Detector> detectors) {
    return String.join(
        "|",
        backbone.digest(),
        provider.id(),
        Integer.toString(settings.area()),
        Long.toString(settings.seed()),
        Integer.toString(folds.count()),
        Integer.toString(PictureStatistics.VERSION),
        detectors.stream().map(Detector::name).collect(Collectors.joining(",")));
  }
}
