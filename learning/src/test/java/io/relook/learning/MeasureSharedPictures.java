package io.relook.learning;

import io.relook.learning.SharedPictures.LabelledPicture;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.backbone.Tap;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.detectors.Detector;
import io.relook.learning.detectors.DetectorInput;
import io.relook.learning.detectors.DetectorScorer;
import io.relook.learning.detectors.Detectors;
import io.relook.learning.detectors.FittedDetector;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.features.Features;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.model.DetectionModel;
import io.relook.learning.picture.Picture;
import io.relook.learning.statistics.PictureSetStatistics;
import io.relook.learning.statistics.StatisticsExtractor;
import io.relook.learning.training.TrainedModel;
import io.relook.learning.training.Trainer;
import io.relook.learning.training.TrainingSettings;
import io.relook.learning.training.TrainingStage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Prints quality and cost for shared categories: {@code MeasureSharedPictures SEEDS category ...}.
 * Protocols: the pictures of train/good only; and with ten labelled anomalies, drawn by the seed.
 * All other pictures test. PatchCore is the context bank alone, mean of the highest hundredth.
 */
public final class MeasureSharedPictures {

  private static final int LABELLED = 10;

  private MeasureSharedPictures() {}

  public static void main(String[] arguments) throws Exception {
    int seeds = Integer.parseInt(arguments[0]);
    Backbone backbone = Backbone.bundled();
    Trainer trainer = new Trainer(backbone);
    double[] sums = new double[8];
    int rows = 0;
    for (String category : List.of(arguments).subList(1, arguments.length)) {
      List<LabelledFeatures> trainGood = new ArrayList<>();
      List<LabelledFeatures> testGood = new ArrayList<>();
      List<LabelledFeatures> bad = new ArrayList<>();
      Picture any = null;
      try (var extractor = new OnnxFeatureExtractor(backbone, TrainingSettings.DEFAULT_AREA, 2)) {
        for (LabelledPicture picture : SharedPictures.category(category)) {
          any = picture.decode();
          Features features = extractor.extract(any);
          boolean train = picture.file().toString().contains("/train/");
          (picture.anomalous() ? bad : train ? trainGood : testGood)
              .add(SharedPictures.labelled(picture, features));
        }
      }
      for (int seed = 1; seed <= seeds; seed++) {
        TrainingSettings settings =
            new TrainingSettings(TrainingSettings.DEFAULT_AREA, seed, 2, Map.of());
        List<LabelledFeatures> drawn = new ArrayList<>(bad);
        Collections.shuffle(drawn, new Random(seed));
        List<LabelledFeatures> all = new ArrayList<>(testGood);
        all.addAll(bad);
        List<LabelledFeatures> rest = new ArrayList<>(testGood);
        rest.addAll(drawn.subList(LABELLED, drawn.size()));
        List<LabelledFeatures> labelled = new ArrayList<>(trainGood);
        labelled.addAll(drawn.subList(0, LABELLED));

        double patchCore = patchCore(backbone, trainGood, all, seed);
        double patchCoreRest = patchCore(backbone, trainGood, rest, seed);
        TrainedModel normals = trainer.train(new TrainingData(trainGood, all), settings, s -> {});
        TrainedModel stacked =
            trainer.train(new TrainingData(labelled, rest), settings, MeasureSharedPictures::tick);
        System.out.printf(
            "%s seed %d PatchCore AUROC %.4f / rest %.4f; %.1f ms a picture%n",
            category, seed, patchCore, patchCoreRest, millis(stacked, any));
        report("  normals ", normals);
        report("  labelled", stacked);
        double[] row = {
          patchCore,
          normals.evaluation().orElseThrow().rocAuc(),
          patchCoreRest,
          stacked.evaluation().orElseThrow().rocAuc(),
          normals.evaluation().orElseThrow().f1(),
          best(normals),
          stacked.evaluation().orElseThrow().f1(),
          best(stacked)
        };
        for (int i = 0; i < row.length; i++) {
          sums[i] += row[i];
        }
        rows++;
      }
    }
    System.out.printf(
        "mean: normals PatchCore %.4f ours %.4f F1 %.4f max %.4f; labelled PatchCore %.4f ours %.4f"
            + " (error ratio %.3f) F1 %.4f max %.4f%n",
        sums[0] / rows,
        sums[1] / rows,
        sums[4] / rows,
        sums[5] / rows,
        sums[2] / rows,
        sums[3] / rows,
        (rows - sums[3]) / (rows - sums[2]),
        sums[6] / rows,
        sums[7] / rows);
  }

  private static long last = System.nanoTime();

  private static void tick(TrainingStage stage) {
    long now = System.nanoTime();
    System.out.printf("    until %s %.2f s%n", stage, (now - last) / 1e9);
    last = now;
  }

  private static double millis(TrainedModel model, Picture picture) {
    try (DetectionModel detection = DetectionModel.open(model.onnx(), 1)) {
      for (int i = 0; i < 3; i++) {
        detection.detect(picture);
      }
      long start = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        detection.detect(picture);
      }
      return (System.nanoTime() - start) / 1e7;
    }
  }

  private static double patchCore(
      Backbone backbone, List<LabelledFeatures> good, List<LabelledFeatures> test, long seed)
      throws Exception {
    List<Tap> taps = backbone.descriptor().taps();
    Detectors detectors = new Detectors(taps);
    List<PictureSetStatistics> statistics = new ArrayList<>();
    try (StatisticsExtractor statisticsExtractor = detectors.statisticsExtractor()) {
      for (LabelledFeatures picture : good) {
        statistics.add(
            statisticsExtractor.asSet(statisticsExtractor.of(picture.features().load())));
      }
    }
    DetectorInput input =
        new DetectorInput(PictureSetStatistics.joined(statistics), List.of(), seed);
    double patchCore = 0;
    for (Detector detector : detectors.all()) {
      if (detector.learnsFromAnomalies()) {
        continue;
      }
      FittedDetector fitted = detector.fit(input);
      List<double[]> rows = new ArrayList<>();
      try (DetectorScorer scorer =
          DetectorScorer.statistics(taps, List.of(fitted), backbone.opset())) {
        for (LabelledFeatures picture : test) {
          rows.add(scorer.score(picture.features().load()));
        }
      }
      System.out.printf("    %-14s", detector.name());
      for (int s = 0; s < fitted.statistics().size(); s++) {
        List<ImageScore> scores = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
          scores.add(new ImageScore("", test.get(i).anomalous(), rows.get(i)[s]));
        }
        double area = Evaluator.evaluate(scores, 0).rocAuc();
        System.out.printf(" %s %.3f", fitted.statistics().get(s), area);
        patchCore = s == 0 && detector.name().equals(Detectors.CONTEXT_BANK) ? area : patchCore;
      }
      System.out.println();
    }
    return patchCore;
  }

  private static double best(TrainedModel model) {
    return model.testScores().stream()
        .mapToDouble(s -> Evaluator.evaluate(model.testScores(), s.score()).f1())
        .max()
        .orElseThrow();
  }

  private static void report(String what, TrainedModel model) {
    Evaluation e = model.evaluation().orElseThrow();
    System.out.printf(
        "%s %s: AUROC %.4f, AP %.4f, F1 %.3f (best %.3f), P %.3f, R %.3f; %.2f s, %.2f MB, %s%n",
        what,
        model.decision().mode(),
        e.rocAuc(),
        e.averagePrecision(),
        e.f1(),
        best(model),
        e.precision(),
        e.recall(),
        model.took().toMillis() / 1e3,
        model.onnx().length / 1e6,
        model.decision().detectors());
    model
        .outOfFold()
        .ifPresent(
            o ->
                System.out.printf(
                    "    out of fold AP %.4f F1 %.3f%n", o.averagePrecision(), o.f1()));
  }
}
