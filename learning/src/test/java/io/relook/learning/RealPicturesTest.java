package io.relook.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relook.learning.SharedPictures.LabelledPicture;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.TrainingData;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.model.Detection;
import io.relook.learning.model.DetectionModel;
import io.relook.learning.training.TrainedModel;
import io.relook.learning.training.Trainer;
import io.relook.learning.training.TrainingSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The promised quality on real pictures: half of each class is for training, the rest for tests.
 */
class RealPicturesTest {

  private static final int AREA = TrainingSettings.DEFAULT_AREA;

  @BeforeAll
  static void needsPictures() {
    SharedPictures.assumePresent();
  }

  @ParameterizedTest
  @CsvSource({"cookie, 0.97, 0.9", "alien_toy, 0.97, 0.9"})
  void tellsDefectsFromGoodPartsAndShipsWhatItMeasured(String category, double rocAuc, double f1)
      throws Exception {
    Backbone backbone = Backbone.bundled();
    List<LabelledPicture> pictures = SharedPictures.category(category);
    TrainingData data;
    try (var extractor = new OnnxFeatureExtractor(backbone, AREA, 1)) {
      data = SharedPictures.halves(pictures, extractor);
    }

    TrainedModel trained =
        new Trainer(backbone).train(data, new TrainingSettings(AREA, 1, 2, Map.of()), s -> {});

    Evaluation evaluation = trained.evaluation().orElseThrow();
    assertThat(evaluation.rocAuc()).isGreaterThanOrEqualTo(rocAuc);
    assertThat(evaluation.f1()).isGreaterThanOrEqualTo(f1);
    try (DetectionModel model = DetectionModel.open(trained.onnx(), 1)) {
      for (int i = 0; i < trained.testScores().size(); i += 4) {
        ImageScore reported = trained.testScores().get(i);
        LabelledPicture picture = SharedPictures.named(reported.id(), reported.anomalous());
        Detection detection = model.detect(picture.decode());
        assertThat(detection.score())
            .as(reported.id())
            .isCloseTo(reported.score(), within(1e-4 * reported.score()));
      }
    }
  }
}
