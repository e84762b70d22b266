package io.relook.learning.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relook.learning.SharedPictures;
import io.relook.learning.SharedPictures.LabelledPicture;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.detectors.Detectors;
import io.relook.learning.features.Features;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.incremental.ParentTraining;
import io.relook.learning.statistics.StatisticsExtractor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On real photographs, incremental trainings decide as trainings from scratch do. */
@Tag("slow")
class IncrementalRealPicturesTest {

  private static final int AREA = 128 * 128;
  private static final TrainingSettings SETTINGS = new TrainingSettings(AREA, 1, 2, Map.of());
  private static final Backbone BACKBONE = Backbone.bundled();

  private final Trainer trainer = new Trainer(BACKBONE);
  private final Map<String, byte[]> statistics = new HashMap<>();

  @Test
  void additionsAndRemovalsDecideAsFromScratch() throws Exception {
    SharedPictures.assumePresent();
    // Four papers as one product: only this set has so many good pictures that an incremental
    // training does not score all of them.
    List<LabelledFeatures> good = new ArrayList<>();
    List<LabelledFeatures> bad = new ArrayList<>();
    extract(
        List.of("paper/PA_BDP01_TL", "paper/PA_FLR01_TL", "paper/PA_GLA01_TL", "paper/PA_ZPB01_RL"),
        good,
        bad);
    Collections.shuffle(good, new Random(1));
    Collections.shuffle(bad, new Random(1));
    List<LabelledFeatures> test = new ArrayList<>(good.subList(140, good.size()));
    test.addAll(bad.subList(20, bad.size()));
    List<TrainingData> steps =
        List.of(
            data(good.subList(0, 125), bad.subList(0, 12), test),
            data(good.subList(10, 125), bad.subList(2, 12), test),
            data(good.subList(10, 140), bad.subList(2, 20), test));
    int decisions = 0;
    int agreed = 0;

    TrainedModel model =
        trainer.train(data(good.subList(0, 115), bad.subList(0, 10), test), SETTINGS, s -> {});
    for (TrainingData step : steps) {
      model = trainer.train(step, SETTINGS, Optional.of(parent(model)), s -> {});
      TrainedModel scratch = trainer.train(step, SETTINGS, s -> {});

      assertThat(model.lineage().refit()).isEmpty();
      assertThat(model.evaluation().orElseThrow().rocAuc())
          .isCloseTo(scratch.evaluation().orElseThrow().rocAuc(), within(0.005));
      for (int i = 0; i < test.size(); i++) {
        boolean alarm = model.testScores().get(i).score() >= model.decision().threshold();
        agreed +=
            alarm == scratch.testScores().get(i).score() >= scratch.decision().threshold() ? 1 : 0;
        decisions++;
      }
    }
    assertThat(agreed)
        .as("decisions of %d that agree", decisions)
        .isGreaterThanOrEqualTo((int) Math.ceil(0.99 * decisions));
  }

  private void extract(
      List<String> categories, List<LabelledFeatures> good, List<LabelledFeatures> bad) {
    try (OnnxFeatureExtractor extractor = new OnnxFeatureExtractor(BACKBONE, AREA, 1);
        StatisticsExtractor statisticsExtractor =
            new Detectors(BACKBONE.descriptor().taps()).statisticsExtractor()) {
      for (String category : categories) {
        for (LabelledPicture picture : SharedPictures.category(category)) {
          Features features = extractor.extract(picture.decode());
          byte[] stored = statisticsExtractor.of(features).toBytes();
          String id = picture.name();
          statistics.put(id, stored);
          (picture.anomalous() ? bad : good)
              .add(
                  new LabelledFeatures(
                      id,
                      picture.anomalous(),
                      Optional.empty(),
                      id,
                      () -> features,
                      () -> Optional.of(stored)));
        }
      }
    }
  }

  private ParentTraining parent(TrainedModel model) {
    return new ParentTraining(
        "parent", model.state(), 10, digest -> Optional.ofNullable(statistics.get(digest)));
  }

  private static TrainingData data(
      List<LabelledFeatures> good, List<LabelledFeatures> bad, List<LabelledFeatures> test) {
    List<LabelledFeatures> train = new ArrayList<>(good);
    train.addAll(bad);
    return new TrainingData(train, test);
  }
}
