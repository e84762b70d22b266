package io.relook.learning.training;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.backbone.Tap;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.heads.FittedHead;
import io.relook.learning.heads.Head;
import io.relook.learning.heads.HeadScorer;
import io.relook.learning.heads.Heads;
import io.relook.learning.heads.Summarizer;
import io.relook.learning.heads.Summary;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.training.TrainingImpossibleException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Trains models for one backbone. Safe for use by several threads.
 *
 * <ol>
 *   <li>Training pictures are summarised, good ones by fold. All heads are fitted from all folds,
 *       and once more per fold from all but that one.
 *   <li>Every good picture is scored by the heads of its fold, which have not seen it; anomalous
 *       ones by the shipped heads, or by their fold's where a head learns from them. Those
 *       statistics choose heads, stack and threshold ({@link Fitting}).
 *   <li>Good pictures far out among the good are suspected to be mislabelled: they are listed, and
 *       learned from all the same. Leaving them out was tried: an odd good picture that the model
 *       has not seen becomes a false alarm, which cost more than the wrong labels did.
 *   <li>The file is written; test pictures are scored by its nodes.
 * </ol>
 */
public final class Trainer {

  /** Pictures summarised together before they are joined: bounds memory. */
  private static final int CHUNK = 64;

  /** More good scores out of fold change no choice. */
  private static final int MOST_SCORED = 1000;

  /** Beyond, a fold's heads are as good as the shipped ones. */
  private static final int CORRECTED_UP_TO = 100;

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
   * Trains one model. Equal data, settings and backbone give equal bytes, whatever the number of
   * threads.
   *
   * @param progress told each stage as it begins, by the calling thread
   * @throws TrainingImpossibleException if this data can never become a model
   * @throws IOException if features cannot be loaded
   * @throws InterruptedException if the calling thread is interrupted; work on the way is abandoned
   */
  public TrainedModel train(
      TrainingData data, TrainingSettings settings, Consumer<TrainingStage> progress)
      throws TrainingImpossibleException, IOException, InterruptedException {
    return train(data, settings, new Heads(taps).all(), progress);
  }

  /** Trains with these heads only; those that learn from anomalies last. */
  public TrainedModel train(
      TrainingData data,
      TrainingSettings settings,
      List<Head> offered,
      Consumer<TrainingStage> progress)
      throws TrainingImpossibleException, IOException, InterruptedException {
    long start = System.nanoTime();
    List<LabelledFeatures> good = data.train().stream().filter(p -> !p.anomalous()).toList();
    List<LabelledFeatures> anomalous =
        data.train().stream().filter(LabelledFeatures::anomalous).toList();
    if (good.isEmpty()) {
      throw new TrainingImpossibleException(
          Reason.NO_GOOD_IMAGES,
          "The training images hold no normal image; label normal images and train again.");
    }
    FeatureCheck check = new FeatureCheck(backbone, settings.area());
    Folds folds = Folds.of(good, settings.seed());
    Folds anomalousFolds = Folds.of(anomalous, settings.seed());
    Regime regime = Regime.of(folds.count(), distinct(anomalous));
    List<Head> heads =
        offered.stream()
            .filter(h -> regime.learnsFromAnomalies() || !h.learnsFromAnomalies())
            .toList();
    try (Workers workers = new Workers(settings.threads())) {

      progress.accept(TrainingStage.LOADING_FEATURES);
      List<Summary> goodSummaries;
      List<Summary> anomalousSummaries;
      try (Summarizer summarizer = new Heads(taps).summarizer(provider)) {
        goodSummaries = summaries(good, folds, summarizer, check, workers);
        anomalousSummaries =
            regime.learnsFromAnomalies()
                ? workers.map(anomalous, p -> summarizer.of(check.load(p)))
                : List.of();
      }

      progress.accept(TrainingStage.FITTING_HEADS);
      Fits fits =
          new Fits(
              heads, goodSummaries, anomalousSummaries, anomalousFolds, folds, settings.seed());
      boolean correct = good.size() <= CORRECTED_UP_TO && folds.count() >= 3;
      List<List<FittedHead>> fitted =
          workers.map(
              IntStream.range(0, 1 + folds.count() * (correct ? 2 : 1)).boxed().toList(),
              fits::fit);
      List<FittedHead> shipped = fitted.get(0);

      progress.accept(TrainingStage.CHOOSING_THRESHOLD);
      OutOfFold outOfFold;
      // Heads that learn from anomalies come last.
      int noveltyColumns =
          IntStream.range(0, heads.size())
              .filter(h -> !heads.get(h).learnsFromAnomalies())
              .map(h -> shipped.get(h).statistics().size())
              .sum();
      List<Integer> scored = scored(good.size());
      List<HeadScorer> scorers = new ArrayList<>();
      try {
        for (List<FittedHead> fit : fitted) {
          scorers.add(HeadScorer.statistics(taps, fit, backbone.opset(), provider));
        }
        List<double[]> goodRows =
            workers.map(
                scored,
                i -> scorers.get(fits.judgeOf(folds.foldOf(i))).score(check.load(good.get(i))));
        List<double[]> anomalousRows =
            workers.map(
                indices(anomalous),
                i -> {
                  double[] row = scorers.get(0).score(check.load(anomalous.get(i)));
                  if (regime.learnsFromAnomalies()) {
                    int judge = fits.judgeOf(anomalousFolds.foldOf(i) % folds.count());
                    double[] unseen = scorers.get(judge).score(check.load(anomalous.get(i)));
                    int from = noveltyColumns;
                    System.arraycopy(unseen, from, row, from, row.length - from);
                  }
                  return row;
                });
        outOfFold =
            new OutOfFold(
                goodRows,
                scored.stream().map(folds::foldOf).toList(),
                anomalousRows,
                indices(anomalous).stream()
                    .map(i -> anomalousFolds.foldOf(i) % folds.count())
                    .toList());
        if (correct) {
          List<double[]> fewer =
              workers.map(
                  scored,
                  i ->
                      scorers
                          .get(folds.count() + fits.judgeOf(folds.foldOf(i)))
                          .score(check.load(good.get(i))));
          outOfFold = outOfFold.corrected(fewer, folds.count());
        }
      } finally {
        scorers.forEach(HeadScorer::close);
      }
      Fitting fitting = Fitting.of(shipped, heads, outOfFold, regime, settings);
      Ensemble ensemble = fitting.ensemble();

      progress.accept(TrainingStage.EXPORTING);
      Optional<Evaluation> unseen = fitting.evaluation();
      Map<String, String> card = new TreeMap<>(settings.modelCard());
      card.put("relook.seed", Long.toString(settings.seed()));
      card.put("relook.regime", regime.name());
      card.put("relook.threshold.goal", settings.goal().toString());
      card.put("relook.training.good", Integer.toString(good.size()));
      card.put("relook.training.anomalous", Integer.toString(anomalous.size()));
      unseen.ifPresent(
          e -> {
            card.put("relook.outOfFold.rocAuc", Double.toString(e.rocAuc()));
            card.put("relook.outOfFold.averagePrecision", Double.toString(e.averagePrecision()));
            card.put("relook.outOfFold.f1", Double.toString(e.f1()));
          });
      byte[] onnx = ModelFile.write(backbone, check.inputSize(), ensemble, card);

      progress.accept(TrainingStage.SCORING_TEST_IMAGES);
      List<ImageScore> testScores;
      try (HeadScorer scorer =
          new HeadScorer(
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
          suspects(good, scored, fitting),
          unseen);
    }
  }

  /** One of each fold, joined in the pictures' order and never many pictures at once. */
  private static List<Summary> summaries(
      List<LabelledFeatures> good,
      Folds folds,
      Summarizer summarizer,
      FeatureCheck check,
      Workers workers)
      throws TrainingImpossibleException, IOException, InterruptedException {
    List<List<Summary>> parts = new ArrayList<>();
    for (int f = 0; f < folds.count(); f++) {
      parts.add(new ArrayList<>());
    }
    for (int from = 0; from < good.size(); from += CHUNK) {
      List<LabelledFeatures> chunk = good.subList(from, Math.min(good.size(), from + CHUNK));
      List<Summary> summaries = workers.map(chunk, p -> summarizer.of(check.load(p)));
      List<List<Summary>> ofFold = new ArrayList<>();
      for (int f = 0; f < folds.count(); f++) {
        ofFold.add(new ArrayList<>());
      }
      for (int i = 0; i < chunk.size(); i++) {
        ofFold.get(folds.foldOf(from + i)).add(summaries.get(i));
      }
      List<Integer> present =
          IntStream.range(0, folds.count()).filter(f -> !ofFold.get(f).isEmpty()).boxed().toList();
      List<Summary> joined = workers.map(present, f -> Summary.joined(ofFold.get(f)).thinned());
      for (int i = 0; i < present.size(); i++) {
        parts.get(present.get(i)).add(joined.get(i));
      }
    }
    return workers.map(parts, of -> Summary.joined(of).thinned());
  }

  private static List<Integer> scored(int good) {
    int count = Math.min(good, MOST_SCORED);
    return IntStream.range(0, count).map(i -> (int) ((long) i * good / count)).boxed().toList();
  }

  private static List<String> suspects(
      List<LabelledFeatures> good, List<Integer> scored, Fitting fitting) {
    List<Double> scores = fitting.noveltyOfGood();
    double fence = Thresholds.fence(scores);
    return indices(scores).stream()
        .filter(i -> scores.get(i) > fence)
        .sorted(Comparator.comparing(scores::get, Comparator.reverseOrder()))
        .map(i -> good.get(scored.get(i)).id())
        .toList();
  }

  /** Copies teach nothing. */
  private static int distinct(List<LabelledFeatures> pictures) {
    return (int) pictures.stream().map(LabelledFeatures::contentDigest).distinct().count();
  }

  private static List<Integer> indices(List<?> list) {
    return IntStream.range(0, list.size()).boxed().toList();
  }
}
