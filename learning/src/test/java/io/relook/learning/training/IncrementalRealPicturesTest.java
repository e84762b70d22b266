package io.relook.learning.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relook.learning.SharedPictures;
import io.relook.learning.SharedPictures.LabelledPicture;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.features.Features;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.heads.Heads;
import io.relook.learning.heads.Summarizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** On real photographs, trainings on top of one another decide as trainings from scratch do. */
class IncrementalRealPicturesTest {

  private static final int AREA = 128 * 128;
  private static final TrainingSettings SETTINGS = new TrainingSettings(AREA, 1, 2, Map.of());
  private static final Backbone BACKBONE = Backbone.bundled();

  private final Trainer trainer = new Trainer(BACKBONE);
  private final Map<String, byte[]> summaries = new HashMap<>();
  private int decisions;
  private int agreed;

  @Test
  void additionsAndRemovalsDecideAsFromScratch() throws Exception {
    SharedPictures.assumePresent();
    for (String category : List.of("circuitboard", "cookie", "alien_toy")) {
      follow(category);
    }
    assertThat(agreed).isGreaterThanOrEqualTo((int) Math.ceil(0.99 * decisions));
    System.out.printf("Incremental and from scratch agree on %d of %d.%n", agreed, decisions);
  }

  private void follow(String category) throws Exception {
    List<LabelledFeatures> good = new ArrayList<>();
    List<LabelledFeatures> bad = new ArrayList<>();
    try (OnnxFeatureExtractor extractor = new OnnxFeatureExtractor(BACKBONE, AREA, 1);
        Summarizer summarizer = new Heads(BACKBONE.descriptor().taps()).summarizer()) {
      for (LabelledPicture picture : SharedPictures.category(category)) {
        Features features = extractor.extract(picture.decode());
        (picture.anomalous() ? bad : good)
            .add(
                stored(
                    picture.file().toString(),
                    picture.anomalous(),
                    features,
                    summarizer.of(features).toBytes()));
      }
    }
    // The last third of the good ones and all anomalous ones from the 14th on judge.
    int n = good.size() * 2 / 3;
    List<LabelledFeatures> test = new ArrayList<>(good.subList(n, good.size()));
    test.addAll(bad.subList(14, bad.size()));
    TrainedModel model =
        trainer.train(data(good.subList(0, n - 6), bad.subList(0, 10), test), SETTINGS, s -> {});
    List<TrainingData> steps =
        List.of(
            data(good.subList(0, n - 3), bad.subList(0, 12), test),
            data(good.subList(2, n - 3), bad.subList(1, 12), test),
            data(good.subList(2, n), bad.subList(1, 14), test));
    for (TrainingData step : steps) {
      model =
          trainer.train(
              step,
              SETTINGS,
              Optional.of(
                  new ParentTraining(
                      "parent",
                      model.state(),
                      10,
                      digest -> Optional.ofNullable(summaries.get(digest)))),
              s -> {});
      TrainedModel scratch = trainer.train(step, SETTINGS, s -> {});
      assertThat(model.lineage().refit()).isEmpty();
      assertThat(model.evaluation().orElseThrow().rocAuc())
          .as(category)
          .isCloseTo(scratch.evaluation().orElseThrow().rocAuc(), within(0.005));
      for (int i = 0; i < test.size(); i++) {
        boolean alarm = model.testScores().get(i).score() >= model.threshold();
        agreed += alarm == scratch.testScores().get(i).score() >= scratch.threshold() ? 1 : 0;
        decisions++;
      }
    }
  }

  private static TrainingData data(
      List<LabelledFeatures> good, List<LabelledFeatures> bad, List<LabelledFeatures> test) {
    List<LabelledFeatures> train = new ArrayList<>(good);
    train.addAll(bad);
    return new TrainingData(train, test);
  }

  private LabelledFeatures stored(String id, boolean anomalous, Features features, byte[] summary) {
    summaries.put(id, summary);
    return new LabelledFeatures(
        id, anomalous, Optional.empty(), id, () -> features, () -> Optional.of(summary));
  }
}
