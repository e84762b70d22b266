package io.relook.learning.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relook.learning.Pictures;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.detectors.Detectors;
import io.relook.learning.features.Features;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.incremental.Lineage;
import io.relook.learning.incremental.Lineage.Refit;
import io.relook.learning.incremental.ParentTraining;
import io.relook.learning.incremental.ParentTraining.RemovedPictures;
import io.relook.learning.incremental.ScoringPlan;
import io.relook.learning.incremental.TrainingState;
import io.relook.learning.statistics.StatisticsExtractor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Incremental trainings. */
class IncrementalTest {

  private static final int AREA = 64 * 64;
  private static final TrainingSettings SETTINGS = new TrainingSettings(AREA, 7, 2, Map.of());
  private static final Backbone BACKBONE = Backbone.bundled();
  private static final Trainer TRAINER = new Trainer(BACKBONE);

  /** Stored picture statistics, as the bucket has them. */
  private static final Map<String, byte[]> STATISTICS = new HashMap<>();

  private static final List<LabelledFeatures> GOOD = new ArrayList<>();
  private static final List<LabelledFeatures> BAD = new ArrayList<>();
  private static final List<LabelledFeatures> TEST = new ArrayList<>();
  private static final AtomicInteger LOADED = new AtomicInteger();

  private static StatisticsExtractor statisticsExtractor;
  private static TrainedModel first;

  @BeforeAll
  static void train() throws Exception {
    statisticsExtractor = new Detectors(BACKBONE.descriptor().taps()).statisticsExtractor();
    try (OnnxFeatureExtractor extractor = new OnnxFeatureExtractor(BACKBONE, AREA, 1)) {
      for (int i = 0; i < 154; i++) {
        GOOD.add(stored("good-" + i, false, extractor.extract(Pictures.part(96, 96, i))));
      }
      for (int i = 0; i < 12; i++) {
        BAD.add(stored("bad-" + i, true, extractor.extract(Pictures.scratched(96, 96, 200 + i))));
      }
      for (int i = 0; i < 10; i++) {
        TEST.add(stored("t" + i, false, extractor.extract(Pictures.part(96, 96, 300 + i))));
        TEST.add(stored("s" + i, true, extractor.extract(Pictures.scratched(96, 96, 400 + i))));
      }
    }
    first = TRAINER.train(data(GOOD.subList(0, 150), BAD.subList(0, 10)), SETTINGS, s -> {});
  }

  @AfterAll
  static void close() {
    statisticsExtractor.close();
  }

  @Test
  void aTrainingOnTopOfAnotherIsTheOneFromScratch() throws Exception {
    assertThat(first.lineage())
        .isEqualTo(new Lineage(Optional.empty(), 0, Optional.of(Refit.NO_PARENT)));
    TrainedModel model = first;
    // Pictures are added, removed, relabelled.
    List<List<LabelledFeatures>> goods =
        List.of(GOOD.subList(0, 152), GOOD.subList(2, 152), GOOD.subList(2, 154));
    for (int step = 0; step < goods.size(); step++) {
      List<LabelledFeatures> bad = BAD.subList(0, 10 + Math.min(step, 2));
      TrainingData data = data(goods.get(step), bad);

      model = TRAINER.train(data, SETTINGS, parent(model, "m" + step), s -> {});

      TrainedModel scratch = TRAINER.train(data, SETTINGS, s -> {});
      assertThat(model.lineage())
          .isEqualTo(new Lineage(Optional.of("m" + step), step + 1, Optional.empty()));
      for (int i = 0; i < TEST.size(); i++) {
        assertThat(model.testScores().get(i).score() >= model.decision().threshold())
            .as("decision of %s at step %d", TEST.get(i).id(), step)
            .isEqualTo(scratch.testScores().get(i).score() >= scratch.decision().threshold());
      }
      assertThat(model.evaluation().orElseThrow().rocAuc())
          .isCloseTo(scratch.evaluation().orElseThrow().rocAuc(), within(0.005));
    }
  }

  @Test
  void equalInputAndParentGiveEqualBytes() throws Exception {
    TrainingData data = data(GOOD.subList(1, 152), BAD.subList(0, 11));

    TrainedModel one = TRAINER.train(data, SETTINGS, parent(first, "p"), s -> {});
    List<LabelledFeatures> shuffled = new ArrayList<>(data.train());
    Collections.reverse(shuffled);
    TrainedModel again =
        TRAINER.train(
            new TrainingData(shuffled, data.test()),
            new TrainingSettings(AREA, 7, 1, Map.of()),
            parent(first, "p"),
            s -> {});

    assertThat(again.onnx()).isEqualTo(one.onnx());
    assertThat(again.state()).isEqualTo(one.state());
  }

  @Test
  void picturesThatStayAreNotReadAgain() throws Exception {
    List<LabelledFeatures> many = new ArrayList<>();
    try (OnnxFeatureExtractor extractor = new OnnxFeatureExtractor(BACKBONE, AREA, 1)) {
      for (int i = 0; i < 125; i++) {
        many.add(stored("many-" + i, false, extractor.extract(Pictures.part(96, 96, 10_000 + i))));
      }
    }
    LOADED.set(0);
    TrainedModel before =
        TRAINER.train(new TrainingData(many.subList(0, 120), List.of()), SETTINGS, s -> {});
    // With stored statistics, features are only loaded to be scored out of fold.
    assertThat(LOADED).hasValue(120);

    LOADED.set(0);
    TrainedModel after =
        TRAINER.train(
            new TrainingData(many, List.of()), SETTINGS, parent(before, "before"), s -> {});

    assertThat(LOADED).hasValue(ScoringPlan.MIN_SCORED);
    TrainingState state = TrainingState.fromBytes(after.state(), statisticsExtractor);
    assertThat(state.good()).hasSize(125);
    assertThat(state.good().values().stream().filter(s -> s.generation() == 0))
        .hasSize(125 - ScoringPlan.MIN_SCORED);
    for (int i = 120; i < 125; i++) {
      assertThat(Objects.requireNonNull(state.good().get("many-" + i)).generation())
          .as("a new picture")
          .isEqualTo(1);
    }
  }

  @Test
  void nothingOfARemovedPictureIsKept() throws Exception {
    TrainedModel without =
        TRAINER.train(
            data(GOOD.subList(1, 150), BAD.subList(1, 10)), SETTINGS, parent(first, "p"), s -> {});

    TrainingState state = TrainingState.fromBytes(without.state(), statisticsExtractor);
    assertThat(state.folds().stream().flatMap(f -> f.pictures().stream()))
        .contains("good-1")
        .doesNotContain("good-0")
        .hasSize(149);
    assertThat(state.good()).doesNotContainKey("good-0").containsKey("good-1");
    assertThat(state.anomalous()).doesNotContainKey("bad-0").containsKey("bad-1");
  }

  private static final RemovedPictures STORED =
      digest -> Optional.ofNullable(STATISTICS.get(digest));

  private static Optional<ParentTraining> parent(TrainedModel model, String digest) {
    return Optional.of(new ParentTraining(digest, model.state(), 10, STORED));
  }

  private static TrainingData data(List<LabelledFeatures> good, List<LabelledFeatures> bad) {
    List<LabelledFeatures> train = new ArrayList<>(good);
    train.addAll(bad);
    return new TrainingData(train, TEST);
  }

  private static LabelledFeatures stored(String id, boolean anomalous, Features features) {
    byte[] statistics = statisticsExtractor.of(features).toBytes();
    STATISTICS.put(id, statistics);
    return new LabelledFeatures(
        id,
        anomalous,
        Optional.empty(),
        id,
        () -> {
          LOADED.incrementAndGet();
          return features;
        },
        () -> Optional.of(statistics));
  }
}
