package io.relook.learning.training;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.backbone.Tap;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.features.Features;
import io.relook.learning.heads.FittedHead;
import io.relook.learning.heads.Head;
import io.relook.learning.heads.HeadScorer;
import io.relook.learning.heads.Heads;
import io.relook.learning.heads.PictureSummary;
import io.relook.learning.heads.Summarizer;
import io.relook.learning.heads.Summary;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.training.Lineage.Refit;
import io.relook.learning.training.TrainingImpossibleException.Reason;
import io.relook.learning.training.TrainingState.Scored;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
 *       the good, are suspected to be mislabelled ({@link MislabelScreen}): they are listed, count
 *       less for the threshold or not at all, and are learned from all the same. Leaving them out
 *       was tried: an odd good picture that the model has not seen becomes a false alarm, which
 *       cost more than the wrong labels did.
 *   <li>The file is written; test pictures are scored by its nodes.
 * </ol>
 *
 * <p>A training that builds on a parent ({@link ParentTraining}) changes the parent's summaries by
 * the pictures that came and went, and keeps statistics of pictures that stayed, but for the oldest
 * of them: its work is that of the new pictures, of a bounded number of old ones, and of the fit.
 */
public final class Trainer {

  /** More good scores out of fold change no choice. */
  private static final int MOST_SCORED = 1000;

  /**
   * Pictures of a class that are scored anew, oldest scores first, where a parent's would do. With
   * no more good pictures than this nothing of a parent's would be kept but its patches, which are
   * the approximate part: such a training is from scratch.
   */
  static final int LEAST_SCORED = 100;

  /**
   * Anomalous pictures that heads learn from; the stack learns from all. Bounds memory and time.
   */
  private static final int MOST_SHOWN = 300;

  /** Share of the pictures of the last training from scratch that may have come or gone since. */
  private static final double MOST_CHANGES = 0.5;

  /** Of those that went: a coreset does not know which patches theirs once stood for. */
  private static final double MOST_REMOVED = 0.2;

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
    return train(data, settings, parent, new Heads(taps).all(), progress);
  }

  /** Trains from scratch with these heads only; those that learn from anomalies last. */
  public TrainedModel train(
      TrainingData data,
      TrainingSettings settings,
      List<Head> offered,
      Consumer<TrainingStage> progress)
      throws TrainingImpossibleException, IOException, InterruptedException {
    return train(data, settings, Optional.empty(), offered, progress);
  }

  private TrainedModel train(
      TrainingData data,
      TrainingSettings settings,
      Optional<ParentTraining> parent,
      List<Head> offered,
      Consumer<TrainingStage> progress)
      throws TrainingImpossibleException, IOException, InterruptedException {
    long start = System.nanoTime();
    List<LabelledFeatures> good = distinct(data.train(), false);
    List<LabelledFeatures> anomalous = distinct(data.train(), true);
    if (good.isEmpty()) {
      throw new TrainingImpossibleException(
          Reason.NO_GOOD_IMAGES,
          "The training images hold no normal image; label normal images and train again.");
    }
    FeatureCheck check = new FeatureCheck(backbone, settings.area());
    Folds folds = Folds.of(good, settings.seed());
    Folds anomalousFolds = Folds.of(anomalous, settings.seed());
    Regime regime = Regime.of(folds.count(), anomalous.size());
    List<Head> heads =
        offered.stream()
            .filter(h -> regime.learnsFromAnomalies() || !h.learnsFromAnomalies())
            .toList();
    String fingerprint = fingerprint(settings, folds, heads);
    try (Workers workers = new Workers(settings.threads());
        Summarizer summarizer = new Heads(taps).summarizer(provider)) {

      progress.accept(TrainingStage.LOADING_FEATURES);
      GoodFolds goodFolds = new GoodFolds(summarizer, check, workers);
      Built built = built(good, data, folds, parent, fingerprint, summarizer, goodFolds, check);
      List<LabelledFeatures> shown =
          ranked(anomalous, settings.seed()).stream().limit(MOST_SHOWN).toList();
      List<Summary> anomalousSummaries =
          regime.learnsFromAnomalies() ? workers.map(shown, goodFolds::load) : List.of();
      List<Integer> shownFolds =
          shown.stream()
              .map(p -> anomalousFolds.foldOf(anomalous.indexOf(p)) % folds.count())
              .toList();

      progress.accept(TrainingStage.FITTING_HEADS);
      Fits fits =
          new Fits(
              heads,
              built.folds.stream().map(TrainingState.Fold::summary).toList(),
              anomalousSummaries,
              shownFolds,
              settings.seed());
      List<Integer> scored = scored(good, settings.seed());
      Set<Integer> now =
          stalest(good, scored, built.parent.map(TrainingState::good), settings.seed());
      Set<Integer> anomalousNow =
          stalest(
              anomalous,
              indices(anomalous),
              built.parent.map(TrainingState::anomalous),
              settings.seed());
      Set<Integer> judged = new TreeSet<>();
      now.forEach(i -> judged.add(folds.foldOf(i)));
      if (regime.learnsFromAnomalies()) {
        anomalousNow.forEach(i -> judged.add(anomalousFolds.foldOf(i) % folds.count()));
      }
      boolean correct = good.size() <= CORRECTED_UP_TO && folds.count() >= 3;
      List<Integer> numbers = fits.numbers(judged, correct);
      List<List<FittedHead>> fittedInOrder = workers.map(numbers, fits::fit);
      Map<Integer, List<FittedHead>> fitted = new TreeMap<>();
      for (int n = 0; n < numbers.size(); n++) {
        fitted.put(numbers.get(n), fittedInOrder.get(n));
      }
      List<FittedHead> shipped = fittedInOrder.get(0);

      progress.accept(TrainingStage.CHOOSING_THRESHOLD);
      Map<String, Scored> goodScored = new TreeMap<>();
      Map<String, Scored> anomalousScored = new TreeMap<>();
      OutOfFold outOfFold;
      // Heads that learn from anomalies come last.
      int noveltyColumns =
          IntStream.range(0, heads.size())
              .filter(h -> !heads.get(h).learnsFromAnomalies())
              .map(h -> shipped.get(h).statistics().size())
              .sum();
      Map<Integer, HeadScorer> scorers = new TreeMap<>();
      try {
        fitted.forEach(
            (number, fit) ->
                scorers.put(number, HeadScorer.statistics(taps, fit, backbone.opset(), provider)));
        List<Integer> toScore = List.copyOf(now);
        // By the heads that lack the picture's fold and, to correct by, one fold more.
        List<List<double[]>> rows =
            workers.map(
                toScore,
                i -> {
                  Features features = check.load(good.get(i));
                  int judge = fits.judgeOf(folds.foldOf(i));
                  double[] row = scorer(scorers, judge).score(features);
                  return correct
                      ? List.of(row, scorer(scorers, folds.count() + judge).score(features))
                      : List.of(row);
                });
        for (int i = 0; i < toScore.size(); i++) {
          goodScored.put(
              good.get(toScore.get(i)).contentDigest(),
              new Scored(built.lineage.generation(), rows.get(i).get(0)));
        }
        List<Integer> anomalousToScore = List.copyOf(anomalousNow);
        List<double[]> anomalousRows =
            workers.map(
                anomalousToScore,
                i -> {
                  Features features = check.load(anomalous.get(i));
                  double[] row = scorer(scorers, 0).score(features);
                  if (regime.learnsFromAnomalies()) {
                    int judge = fits.judgeOf(anomalousFolds.foldOf(i) % folds.count());
                    double[] unseen = scorer(scorers, judge).score(features);
                    int from = noveltyColumns;
                    System.arraycopy(unseen, from, row, from, row.length - from);
                  }
                  return row;
                });
        for (int i = 0; i < anomalousToScore.size(); i++) {
          anomalousScored.put(
              anomalous.get(anomalousToScore.get(i)).contentDigest(),
              new Scored(built.lineage.generation(), anomalousRows.get(i)));
        }
        built.parent.ifPresent(
            state -> {
              keep(good, scored, state.good(), goodScored);
              keep(anomalous, indices(anomalous), state.anomalous(), anomalousScored);
            });
        outOfFold =
            new OutOfFold(
                rows(good, scored, goodScored),
                scored.stream().map(folds::foldOf).toList(),
                rows(anomalous, indices(anomalous), anomalousScored),
                indices(anomalous).stream()
                    .map(i -> anomalousFolds.foldOf(i) % folds.count())
                    .toList());
        if (correct) {
          // So few pictures were all scored now, in their order.
          outOfFold =
              outOfFold.corrected(rows.stream().map(row -> row.get(1)).toList(), folds.count());
        }
      } finally {
        scorers.values().forEach(HeadScorer::close);
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
      built.lineage.parentModelDigest().ifPresent(p -> card.put("relook.parent", p));
      unseen.ifPresent(
          e -> {
            card.put("relook.outOfFold.rocAuc", Double.toString(e.rocAuc()));
            card.put("relook.outOfFold.averagePrecision", Double.toString(e.averagePrecision()));
            card.put("relook.outOfFold.f1", Double.toString(e.f1()));
          });
      byte[] onnx = ModelFile.write(backbone, check.inputSize(), ensemble, card);
      TrainingState state =
          new TrainingState(
              fingerprint,
              built.lineage.generation(),
              built.base,
              built.changes,
              check.width(),
              check.height(),
              built.folds,
              goodScored,
              anomalousScored);

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
          fitting.suspects().stream().map(i -> good.get(scored.get(i)).id()).toList(),
          unseen,
          built.lineage,
          state.toBytes());
    }
  }

  /**
   * Folds of good pictures, and what they were built on.
   *
   * @param parent whose statistics may be used again
   * @param base good pictures of the last training from scratch
   * @param changes pictures that came or went since
   */
  private record Built(
      List<TrainingState.Fold> folds,
      Lineage lineage,
      Optional<TrainingState> parent,
      int base,
      int changes) {}

  private Built built(
      List<LabelledFeatures> good,
      TrainingData data,
      Folds folds,
      Optional<ParentTraining> parent,
      String fingerprint,
      Summarizer summarizer,
      GoodFolds goodFolds,
      FeatureCheck check)
      throws TrainingImpossibleException, IOException, InterruptedException {
    Refit refit = Refit.NO_PARENT;
    if (parent.isPresent()) {
      Optional<TrainingState> read = read(parent.get(), summarizer);
      Set<String> digests = digests(good);
      Optional<Refit> reason =
          read.isEmpty()
              ? Optional.of(Refit.PARENT_UNREADABLE)
              : refit(read.get(), parent.get().refitEvery(), fingerprint, digests);
      if (reason.isEmpty()) {
        TrainingState state = read.orElseThrow();
        check.checkDimensions(state.pictureWidth(), state.pictureHeight());
        List<LabelledFeatures> others = new ArrayList<>(data.test());
        others.addAll(data.train());
        Optional<List<TrainingState.Fold>> updated =
            goodFolds.of(good, folds, state.folds(), others, parent.get().removed());
        if (updated.isPresent()) {
          return new Built(
              updated.get(),
              Lineage.of(parent.get(), state),
              read,
              state.base(),
              state.changes() + changes(state, digests));
        }
      }
      refit = reason.orElse(Refit.REMOVED_PICTURE_ERASED);
    }
    return new Built(
        goodFolds.of(good, folds, List.of(), List.of(), digest -> Optional.empty()).orElseThrow(),
        Lineage.fromScratch(refit),
        Optional.empty(),
        good.size(),
        0);
  }

  private static Optional<TrainingState> read(ParentTraining parent, Summarizer summarizer) {
    try {
      return Optional.of(TrainingState.fromBytes(parent.state(), summarizer));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Why a training must not build on this one. Pure. */
  static Optional<Refit> refit(
      TrainingState state, int refitEvery, String fingerprint, Set<String> good) {
    if (good.size() <= LEAST_SCORED) {
      return Optional.of(Refit.FEW_PICTURES);
    }
    if (!state.fingerprint().equals(fingerprint)) {
      return Optional.of(Refit.OTHER_SETTINGS);
    }
    if (state.generation() + 1 >= refitEvery) {
      return Optional.of(Refit.SCHEDULED);
    }
    int removed = removed(state, good);
    return state.changes() + changes(state, good) > MOST_CHANGES * state.base()
            || removed > MOST_REMOVED * state.base()
        ? Optional.of(Refit.TOO_MANY_CHANGES)
        : Optional.empty();
  }

  private static int removed(TrainingState state, Set<String> good) {
    return (int)
        state.folds().stream()
            .flatMap(fold -> fold.pictures().stream())
            .filter(digest -> !good.contains(digest))
            .count();
  }

  private static int changes(TrainingState state, Set<String> good) {
    int before = state.folds().stream().mapToInt(fold -> fold.pictures().size()).sum();
    int removed = removed(state, good);
    return removed + good.size() - (before - removed);
  }

  /** All that shapes summaries and statistics. */
  private String fingerprint(TrainingSettings settings, Folds folds, List<Head> heads) {
    return String.join(
        "|",
        backbone.digest(),
        provider.id(),
        Integer.toString(settings.area()),
        Long.toString(settings.seed()),
        Integer.toString(folds.count()),
        Integer.toString(PictureSummary.VERSION),
        heads.stream().map(Head::name).collect(Collectors.joining(",")));
  }

  private static HeadScorer scorer(Map<Integer, HeadScorer> scorers, int number) {
    return Objects.requireNonNull(scorers.get(number));
  }

  /** Pictures of a class; of copies the one whose name comes first. */
  private static List<LabelledFeatures> distinct(
      List<LabelledFeatures> pictures, boolean anomalous) {
    Map<String, LabelledFeatures> distinct = new TreeMap<>();
    pictures.stream()
        .filter(p -> p.anomalous() == anomalous)
        .sorted(Comparator.comparing(LabelledFeatures::id))
        .forEach(p -> distinct.putIfAbsent(p.contentDigest(), p));
    return List.copyOf(distinct.values());
  }

  private static Set<String> digests(List<LabelledFeatures> pictures) {
    return pictures.stream().map(LabelledFeatures::contentDigest).collect(Collectors.toSet());
  }

  private static List<LabelledFeatures> ranked(List<LabelledFeatures> pictures, long seed) {
    return pictures.stream()
        .sorted(
            Comparator.comparingLong((LabelledFeatures p) -> Folds.rank(p.contentDigest(), seed)))
        .toList();
  }

  /** Indices of the good pictures whose scores choose: of many, always the same ones. */
  private static List<Integer> scored(List<LabelledFeatures> good, long seed) {
    return indices(good).stream()
        .sorted(Comparator.comparingLong(i -> Folds.rank(good.get(i).contentDigest(), seed)))
        .limit(MOST_SCORED)
        .sorted()
        .toList();
  }

  /** Indices of pictures to score now: those never scored, and the longest ago. */
  private static Set<Integer> stalest(
      List<LabelledFeatures> pictures,
      List<Integer> wanted,
      Optional<Map<String, Scored>> earlier,
      long seed) {
    if (earlier.isEmpty()) {
      return new TreeSet<>(wanted);
    }
    Map<Integer, Integer> generations = new HashMap<>();
    for (int i : wanted) {
      Scored scored = earlier.get().get(pictures.get(i).contentDigest());
      generations.put(i, scored == null ? -1 : scored.generation());
    }
    long never = generations.values().stream().filter(generation -> generation < 0).count();
    return wanted.stream()
        .sorted(
            Comparator.comparing((Integer i) -> generations.getOrDefault(i, -1))
                .thenComparing(i -> Folds.rank(pictures.get(i).contentDigest(), seed)))
        .limit(Math.max(never, LEAST_SCORED))
        .collect(Collectors.toCollection(TreeSet::new));
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
    return wanted.stream()
        .map(i -> Objects.requireNonNull(scored.get(pictures.get(i).contentDigest())).statistics())
        .toList();
  }

  private static List<Integer> indices(List<?> list) {
    return IntStream.range(0, list.size()).boxed().toList();
  }
}
