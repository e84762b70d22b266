package io.relook.learning.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.learning.Pictures;
import io.relook.learning.SmallBackbone;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.detectors.Detectors;
import io.relook.learning.features.Features;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.incremental.Lineage.Refit;
import io.relook.learning.incremental.ParentTraining;
import io.relook.learning.incremental.ParentTraining.RemovedPictures;
import io.relook.learning.statistics.StatisticsExtractor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When an incremental training starts from scratch, and which reason it names. The rule knows
 * nothing of the backbone, so this one is small.
 */
class RefitTest {

  private static final int AREA = 32 * 32;
  private static final TrainingSettings SETTINGS = new TrainingSettings(AREA, 7, 2, Map.of());

  /** Stored picture statistics, as the bucket has them. */
  private static final Map<String, byte[]> STATISTICS = new HashMap<>();

  private static final List<LabelledFeatures> GOOD = new ArrayList<>();
  private static final List<LabelledFeatures> BAD = new ArrayList<>();

  private static Trainer trainer;
  private static TrainedModel first;

  @BeforeAll
  static void train(@TempDir Path folder) throws Exception {
    Backbone backbone = Backbone.load(SmallBackbone.write(folder));
    trainer = new Trainer(backbone);
    try (StatisticsExtractor statistics =
            new Detectors(backbone.descriptor().taps()).statisticsExtractor();
        OnnxFeatureExtractor extractor = new OnnxFeatureExtractor(backbone, AREA, 1)) {
      for (int i = 0; i < 151; i++) {
        Features features = extractor.extract(Pictures.part(64, 64, i));
        GOOD.add(stored("good-" + i, false, features, statistics));
      }
      for (int i = 0; i < 10; i++) {
        Features features = extractor.extract(Pictures.scratched(64, 64, 200 + i));
        BAD.add(stored("bad-" + i, true, features, statistics));
      }
    }
    first = trainer.train(data(GOOD.subList(0, 150), BAD), SETTINGS, s -> {});
  }

  @Test
  void saysWhyItStartsFromScratch() throws Exception {
    TrainingData more = data(GOOD.subList(0, 151), BAD);
    byte[] damaged = first.state().clone();
    damaged[damaged.length / 2] ^= 1;

    assertThat(refit(more, SETTINGS, new ParentTraining("p", damaged, 10, STORED)))
        .contains(Refit.PARENT_UNREADABLE);
    assertThat(refit(more, SETTINGS, new ParentTraining("p", new byte[3], 10, STORED)))
        .contains(Refit.PARENT_UNREADABLE);
    assertThat(refit(more, SETTINGS, new ParentTraining("p", first.state(), 1, STORED)))
        .contains(Refit.SCHEDULED);
    assertThat(refit(more, new TrainingSettings(AREA, 8, 2, Map.of()), parent(first)))
        .contains(Refit.OTHER_SETTINGS);
    assertThat(refit(data(GOOD.subList(0, 115), BAD), SETTINGS, parent(first)))
        .contains(Refit.TOO_MANY_CHANGES);
    assertThat(
            refit(
                data(GOOD.subList(1, 150), BAD),
                SETTINGS,
                new ParentTraining("p", first.state(), 10, digest -> Optional.empty())))
        .contains(Refit.REMOVED_PICTURE_ERASED);
    assertThat(refit(data(GOOD.subList(0, 100), BAD), SETTINGS, parent(first)))
        .contains(Refit.FEW_PICTURES);
    assertThat(refit(more, SETTINGS, parent(first))).isEmpty();
  }

  private static final RemovedPictures STORED =
      digest -> Optional.ofNullable(STATISTICS.get(digest));

  private static Optional<Refit> refit(
      TrainingData data, TrainingSettings settings, ParentTraining parent) throws Exception {
    return trainer.train(data, settings, Optional.of(parent), s -> {}).lineage().refit();
  }

  private static ParentTraining parent(TrainedModel model) {
    return new ParentTraining("p", model.state(), 10, STORED);
  }

  private static TrainingData data(List<LabelledFeatures> good, List<LabelledFeatures> bad) {
    List<LabelledFeatures> train = new ArrayList<>(good);
    train.addAll(bad);
    return new TrainingData(train, List.of());
  }

  private static LabelledFeatures stored(
      String id, boolean anomalous, Features features, StatisticsExtractor extractor) {
    byte[] statistics = extractor.of(features).toBytes();
    STATISTICS.put(id, statistics);
    return new LabelledFeatures(
        id, anomalous, Optional.empty(), id, () -> features, () -> Optional.of(statistics));
  }
}
