package io.relook.learning;

import io.relook.learning.SharedPictures.LabelledPicture;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.picture.Picture;
import io.relook.learning.training.LabelledFeatures;
import io.relook.learning.training.TrainedModel;
import io.relook.learning.training.Trainer;
import io.relook.learning.training.TrainingData;
import io.relook.learning.training.TrainingSettings;
import java.util.List;
import java.util.Map;

/**
 * Prints quality and cost for shared categories: {@code MeasureSharedPictures [category ...]}. Half
 * of each class trains, the rest tests; then the same with good training pictures only.
 */
public final class MeasureSharedPictures {

  private MeasureSharedPictures() {}

  public static void main(String[] categories) throws Exception {
    Backbone backbone = Backbone.bundled();
    Trainer trainer = new Trainer(backbone);
    TrainingSettings settings = new TrainingSettings(TrainingSettings.DEFAULT_AREA, 1, 2, Map.of());
    try (var extractor = new OnnxFeatureExtractor(backbone, TrainingSettings.DEFAULT_AREA, 1)) {
      for (String category : categories) {
        List<LabelledPicture> pictures = SharedPictures.category(category);
        List<Picture> decoded = pictures.stream().map(LabelledPicture::decode).toList();
        long start = System.nanoTime();
        pictures.forEach(LabelledPicture::decode);
        long decode = System.nanoTime() - start;
        decoded.forEach(extractor::extract);
        start = System.nanoTime();
        decoded.forEach(extractor::extract);
        long extract = System.nanoTime() - start;
        System.out.printf(
            "%s: %d pictures, decode %.1f ms, extract %.1f ms a picture%n",
            category,
            pictures.size(),
            decode / 1e6 / pictures.size(),
            extract / 1e6 / pictures.size());
        TrainingData halves = SharedPictures.halves(pictures, extractor);
        report("  good and anomalous", trainer.train(halves, settings, s -> {}));
        report("  again             ", trainer.train(halves, settings, s -> {}));
        List<LabelledFeatures> goods = halves.train().stream().filter(p -> !p.anomalous()).toList();
        report(
            "  good only         ",
            trainer.train(new TrainingData(goods, halves.test()), settings, s -> {}));
      }
    }
  }

  private static void report(String what, TrainedModel model) {
    Evaluation e = model.evaluation().orElseThrow();
    double best =
        model.testScores().stream()
            .mapToDouble(s -> Evaluator.evaluate(model.testScores(), s.score()).f1())
            .max()
            .orElseThrow();
    System.out.printf(
        "%s %s: AUROC %.4f, AP %.4f, F1 %.3f (best %.3f), P %.3f, R %.3f; %.2f s, %.1f MB%n",
        what,
        model.regime(),
        e.rocAuc(),
        e.averagePrecision(),
        e.f1(),
        best,
        e.precision(),
        e.recall(),
        model.took().toMillis() / 1e3,
        model.onnx().length / 1e6);
  }
}
