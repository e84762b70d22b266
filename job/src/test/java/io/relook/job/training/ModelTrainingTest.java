package io.relook.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.contract.Contract;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.ParentModel;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult;
import io.relook.job.domain.TrainingResult.Failure;
import io.relook.job.domain.TrainingResult.Success;
import io.relook.job.domain.TrainingResult.TestScore;
import io.relook.job.stack.SmallBackbone;
import io.relook.job.stack.SmallPictures;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.training.TrainingStage;
import io.relook.schemas.Sha256;
import io.relook.wire.ModelMetadata;
import io.relook.wire.S3Object;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTrainingTest {
  private final SmallTraining small;

  ModelTrainingTest() throws Exception {
    small = new SmallTraining();
  }

  @Test
  void stagesTheModelUnderItsDigest() throws Exception {
    List<TrainingStage> stages = new ArrayList<>();
    TrainingResult trained =
        small.training().train(small.request(SmallTraining.model("p/", "alias/k")), stages::add);

    Success success = Objects.requireNonNull(trained.success());
    assertThat(trained.failure()).isNull();
    assertThat(success.file().key())
        .isEqualTo("trainings/123456789012/bolts/3/" + success.file().digest() + ".onnx");
    assertThat(Sha256.hex(small.store.kept("relook", success.file().key()).bytes()))
        .isEqualTo(success.file().digest());
    assertThat(small.store.kept("relook", success.file().key()).kmsKeyId()).contains("alias/k");
    assertThat(small.store.kept("relook", trained.request().manifestKey()).kmsKeyId())
        .contains("alias/k");
    assertThat(success.test().scores())
        .extracting(TestScore::sourceRef)
        .containsExactly(
            "s3://theirs/08.png",
            "s3://theirs/09.png",
            "s3://theirs/10.png",
            "s3://theirs/11.png",
            "s3://theirs/12.png",
            "s3://theirs/13.png");
    assertThat(success.fit().images()).isEqualTo(8);
    assertThat(success.test().images()).isEqualTo(6);
    assertThat(success.test().metrics()).isNotNull();
    assertThat(success.run().trainedAt()).isEqualTo(SmallTraining.NOW.toEpochMilli());
    assertThat(stages).startsWith(TrainingStage.LOADING_FEATURES).endsWith(TrainingStage.DONE);
  }

  @Test
  void theSameManifestGivesTheSameBytes() throws Exception {
    Success first = Objects.requireNonNull(small.train(SmallTraining.model("p/", null)).success());
    Success again = Objects.requireNonNull(small.train(SmallTraining.model("p/", null)).success());

    assertThat(again.file().digest()).isEqualTo(first.file().digest());
    assertThat(again.test().scores()).isEqualTo(first.test().scores());
  }

  @Test
  void aTrainingBuildsOnItsParentAndAReplayGivesTheSameBytes() throws Exception {
    // With fewer images a training is from scratch.
    SmallTraining many = new SmallTraining(102);
    TrainingImage late = many.lines.remove(many.lines.size() - 1);
    Success first = Objects.requireNonNull(many.train(SmallTraining.model("p/", null)).success());
    assertThat(first.lineage().parentModelDigest()).isNull();
    assertThat(first.lineage().refit()).isEqualTo("NO_PARENT");
    many.lines.add(late);
    many.parent = new ParentModel("3", first.file().digest());
    ModelMetadata next = SmallTraining.model("p/", null);
    next.setModelVersion("4");

    Success second = Objects.requireNonNull(many.train(next).success());
    String state =
        BucketLayout.trainingState(
            ProjectKey.of(next.getAccount(), next.getProjectName()), "4", second.file().digest());
    byte[] left = many.store.kept("relook", state).bytes();
    Success replayed = Objects.requireNonNull(many.train(next).success());

    assertThat(second.lineage().parentModelDigest()).isEqualTo(first.file().digest());
    assertThat(second.lineage().generation()).isEqualTo(1);
    assertThat(second.lineage().refit()).isNull();
    assertThat(replayed.file().digest()).isEqualTo(second.file().digest());
    assertThat(replayed.test().scores()).isEqualTo(second.test().scores());
    assertThat(many.store.kept("relook", state).bytes()).isEqualTo(left);
  }

  @Test
  void aParentThatIsGoneMakesTheTrainingStartFromScratch() throws Exception {
    small.parent = new ParentModel("2", "beef");

    Success success =
        Objects.requireNonNull(small.train(SmallTraining.model("p/", null)).success());

    assertThat(success.lineage().parentModelDigest()).isNull();
    assertThat(success.lineage().generation()).isZero();
    assertThat(success.lineage().refit()).isEqualTo("NO_PARENT");
  }

  @Test
  void trainingOnAnomaliesAloneFailsWithASentence() throws Exception {
    small.lines.removeIf(line -> line.annotation().defectClass() == null);

    Failure failure =
        Objects.requireNonNull(small.train(SmallTraining.model("p/", null)).failure());

    assertThat(failure.reason()).isEqualTo("NO_GOOD_IMAGES");
    assertThat(failure.message()).contains("normal");
  }

  @Test
  void featuresThatSomebodyDeletedAreExtractedOnceMore() throws Exception {
    Success before = Objects.requireNonNull(small.train(SmallTraining.model("p/", null)).success());
    StoredPicture looked = small.lines.get(0).picture();
    small.store.bucket("relook").remove(looked.featuresKey());

    Success after = Objects.requireNonNull(small.train(SmallTraining.model("p/", null)).success());

    assertThat(small.store.bucket("relook")).containsKey(looked.featuresKey());
    assertThat(after.file().digest()).isEqualTo(before.file().digest());
  }

  @Test
  void anotherBackboneSeesThePicturesOnceAndTheNextTrainingFindsWhatItSaw(@TempDir Path folder)
      throws Exception {
    Backbone other = Backbone.load(SmallBackbone.write(folder));
    Set<String> before = Set.copyOf(small.store.bucket("relook").keySet());
    List<String> progress = Collections.synchronizedList(new ArrayList<>());
    TrainingResult first =
        small
            .training(other)
            .train(
                small.request(SmallTraining.model("p/", "alias/k")),
                new TrainingProgress() {
                  @Override
                  public void stage(TrainingStage stage) {
                    progress.add(stage.name());
                  }

                  @Override
                  public void extracting(int done, int all) {
                    progress.add(done + " of " + all);
                  }
                });

    Success success = Objects.requireNonNull(first.success());
    assertThat(success.backbone().name()).isEqualTo("small");
    assertThat(success.backbone().digest()).isEqualTo(other.digest());
    assertThat(success.run().executionProvider()).isEqualTo("cpu");
    assertThat(progress).startsWith("0 of 14").contains("14 of 14").endsWith("DONE");
    assertThat(progress.indexOf("14 of 14")).isLessThan(progress.indexOf("LOADING_FEATURES"));
    List<String> made =
        small.store.bucket("relook").keySet().stream()
            .filter(key -> key.startsWith("features/") && !before.contains(key))
            .toList();
    assertThat(made)
        .hasSize(14)
        .allMatch(key -> key.contains("/" + other.digest().substring(0, 16) + "-"))
        .allMatch(key -> small.store.kept("relook", key).kmsKeyId().equals(Optional.of("alias/k")));

    // Without its pictures it would fail if it did not find them.
    small.lines.forEach(line -> small.store.bucket("relook").remove(line.picture().key()));
    progress.clear();
    TrainingResult next =
        small
            .training(other)
            .train(
                small.request(SmallTraining.model("p/", "alias/k")),
                stage -> progress.add(stage.name()));

    assertThat(Objects.requireNonNull(next.success()).file().digest())
        .isEqualTo(success.file().digest());
  }

  @Test
  void aPictureThatIsGoneWhenItsFeaturesMustBeExtractedFailsThisTrainingAlone(@TempDir Path folder)
      throws Exception {
    small.store.bucket("relook").remove(small.lines.get(5).picture().key());

    Failure failure = switchedTo(folder);

    assertThat(failure.reason()).isEqualTo("PICTURE_GONE");
    assertThat(failure.message())
        .startsWith(
            "The features of s3://theirs/05.png must be extracted again, and its picture cannot"
                + " be read any more:")
        .endsWith("Send the image again or withdraw it, then create the model again.");
  }

  @Test
  void aPictureThatIsAnotherNowIsNotTakenForTheOneThatWasSent(@TempDir Path folder)
      throws Exception {
    small.store.put(
        new S3Object("relook", small.lines.get(5).picture().key(), null),
        SmallPictures.png(99),
        "image/png",
        Optional.empty());

    Failure failure = switchedTo(folder);

    assertThat(failure.reason()).isEqualTo("PICTURE_GONE");
    assertThat(failure.message()).contains("was changed after it was sent.");
  }

  private Failure switchedTo(Path folder) throws Exception {
    Backbone other = Backbone.load(SmallBackbone.write(folder));
    return Objects.requireNonNull(
        small
            .training(other)
            .train(small.request(SmallTraining.model("p/", null)), stage -> {})
            .failure());
  }

  @Test
  void featuresThatAreDamagedFailThisTrainingAlone() throws Exception {
    String key = small.lines.get(2).picture().featuresKey();
    small.store.put(
        new S3Object("relook", key, null), new byte[] {1, 2}, "image/png", Optional.empty());

    Failure failure =
        Objects.requireNonNull(small.train(SmallTraining.model("p/", null)).failure());

    assertThat(failure.reason()).isEqualTo("FEATURES_UNREADABLE");
    assertThat(failure.message()).contains("s3://theirs/02.png");
  }

  @Test
  void aStoreThatIsDownFailsTheJobAndNotTheTraining() throws Exception {
    TrainingRequest request = small.request(SmallTraining.model("p/", null));
    small.store.unreachable(true);

    assertThatThrownBy(() -> small.training().train(request, stage -> {}))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void aManifestThatWasChangedIsNotTrainedOn() throws Exception {
    TrainingRequest request = small.request(SmallTraining.model("p/", null));
    small.store.put(
        new S3Object("relook", request.manifestKey(), null),
        new byte[] {'\n'},
        "application/json",
        Optional.empty());

    Failure failure =
        Objects.requireNonNull(small.training().train(request, stage -> {}).failure());
    assertThat(failure.reason()).isEqualTo("STORED_OBJECT_CHANGED");
    assertThat(failure.message()).contains("was changed after it was written");
  }

  @Test
  @Contract("FAIL-KMS")
  void anEncryptionKeyThatCannotBeUsedFailsThisTrainingAlone() throws Exception {
    small.store.forbidKey("alias/disabled");

    TrainingResult trained = small.train(SmallTraining.model("p/", "alias/disabled"));

    Failure failure = Objects.requireNonNull(trained.failure());
    assertThat(failure.reason()).isEqualTo("KMS_KEY_UNUSABLE");
    assertThat(failure.message())
        .startsWith("Nothing can be written under KmsKeyId alias/disabled:");
  }

  @Test
  @Contract("FAIL-KMS")
  void aKeyThatIsDisabledBeforeTheCopiesAreMadeFailsThisTrainingAlone() throws Exception {
    TrainingRequest request = small.request(SmallTraining.model("p/", null));
    small.store.forbidKey("alias/disabled");

    Failure failure =
        Objects.requireNonNull(
            small
                .training()
                .train(
                    new TrainingRequest(
                        SmallTraining.model("p/", "alias/disabled"),
                        request.cutId(),
                        request.manifestKey(),
                        request.manifestDigest(),
                        null),
                    stage -> {})
                .failure());

    assertThat(failure.reason()).isEqualTo("KMS_KEY_UNUSABLE");
    assertThat(failure.message())
        .isEqualTo(
            "relook's copies of the project's images cannot be encrypted under KmsKeyId"
                + " alias/disabled: The store cannot use the key alias/disabled. Check that"
                + " this key and the present key of the copies exist, are enabled and may"
                + " be used by relook, then create the model again.");
  }

  @Test
  @Contract("FAIL-KMS")
  void featuresUnderAKeyThatWasDisabledSinceFailThisTrainingAlone() throws Exception {
    small.train(SmallTraining.model("p/", "alias/retired"));
    small.store.forbidKey("alias/retired");

    Failure failure =
        Objects.requireNonNull(small.train(SmallTraining.model("p/", null)).failure());

    assertThat(failure.reason()).isEqualTo("KMS_KEY_UNUSABLE");
    assertThat(failure.message())
        .isEqualTo(
            "relook's copies of the project's images cannot be decrypted: The store cannot use"
                + " the key alias/retired. Enable that key, or send the images again, then create"
                + " the model again.");
  }

  @Test
  void withoutAKeyNothingIsCopied() throws Exception {
    small.train(SmallTraining.model("p/", null));

    assertThat(small.store.copies()).isZero();
  }
}
