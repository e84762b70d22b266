package io.relook.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.features.Features;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.model.Detection;
import io.relook.learning.model.DetectionModel;
import io.relook.learning.picture.Picture;
import io.relook.learning.training.TrainedModel;
import io.relook.learning.training.Trainer;
import io.relook.learning.training.TrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any network will do: extraction, training and the exported file know the descriptor alone. */
class OtherBackboneTest {
  private static final int AREA = 96 * 96;

  @Test
  void aNetworkOfOtherTapsGoesFromPicturesToAFileThatScoresAsMeasured(@TempDir Path folder)
      throws Exception {
    Backbone backbone = Backbone.load(SmallBackbone.write(folder));
    List<LabelledFeatures> train = new ArrayList<>();
    List<LabelledFeatures> test = new ArrayList<>();
    List<Picture> tested = new ArrayList<>();
    try (OnnxFeatureExtractor extractor = new OnnxFeatureExtractor(backbone, AREA, 1)) {
      for (int i = 0; i < 36; i++) {
        boolean scratched = i % 3 == 2;
        Picture picture = scratched ? Pictures.scratched(96, 64, i) : Pictures.part(96, 64, i);
        Features features = extractor.extract(picture);
        // 9,216 pixels at 3 : 2 are 128 x 64, to the nearest multiples of 32 of each side.
        assertThat(features.tap("fine").channels()).isEqualTo(12);
        assertThat(features.tap("fine").width()).isEqualTo(128 / 8);
        assertThat(features.tap("coarse").height()).isEqualTo(64 / 16);
        (i < 24 ? train : test)
            .add(
                new LabelledFeatures(
                    "p" + i, scratched, Optional.empty(), "digest" + i, () -> features));
        if (i >= 24) {
          tested.add(picture);
        }
      }
    }

    TrainedModel trained =
        new Trainer(backbone)
            .train(
                new TrainingData(train, test), new TrainingSettings(AREA, 7, 2, Map.of()), s -> {});

    assertThat(trained.evaluation().orElseThrow().rocAuc()).isGreaterThan(0.9);
    try (DetectionModel model = DetectionModel.open(trained.onnx(), 1)) {
      assertThat(model.metadata())
          .containsEntry("relook.backbone.name", "small")
          .containsEntry("relook.backbone.digest", backbone.digest());
      for (int i = 0; i < tested.size(); i++) {
        Detection detection = model.detect(tested.get(i));
        double reported = trained.testScores().get(i).score();
        assertThat(detection.score()).isCloseTo(reported, within(1e-4 * reported));
      }
    }
  }
}
