package io.relook.job.publication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.contract.Contract;
import io.relook.job.domain.Split;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingResult;
import io.relook.job.domain.TrainingResult.Failure;
import io.relook.job.domain.TrainingResult.Success;
import io.relook.job.domain.TrainingResult.TestScore;
import io.relook.job.s3.OwnBucket;
import io.relook.job.training.SmallTraining;
import io.relook.job.training.TrainingJobSettings;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.wire.ModelPerformance;
import io.relook.wire.S3Object;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.TrainingSucceeded;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelPublicationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SmallTraining small;
  private final ModelPublication publication;

  ModelPublicationTest() throws Exception {
    small = new SmallTraining();
    publication =
        new ModelPublication(
            small.store,
            new PublicationSettings(
                new OwnBucket(small.store.factory(), "relook", null),
                SmallTraining.AREA,
                SmallTraining.SEED,
                AcceleratorSettings.CPU,
                new TrainingJobSettings.Concurrency(1, 2),
                SmallTraining.LIMITS,
                "test"),
            ExecutionProvider.CPU,
            SmallTraining.clock());
  }

  @Test
  void writesTheFilesAndNamesThem() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", "alias/k"));
    Success success = Objects.requireNonNull(trained.success());

    TrainingOutcome outcome = publication.publish(trained);

    TrainingSucceeded succeeded = (TrainingSucceeded) outcome.getOutcome();
    assertThat(small.store.bucket("out").keySet())
        .containsExactly(
            "p/EvaluationManifest-bolts-3.json",
            "p/EvaluationResult-bolts-3.json",
            "p/Model-bolts-3.onnx",
            "p/Report-bolts-3.html",
            "p/TrainingManifest-bolts-3.json");
    assertThat(small.store.bucket("out").values())
        .allSatisfy(file -> assertThat(file.kmsKeyId()).contains("alias/k"));
    assertThat(succeeded.getModelFile())
        .isEqualTo(new S3Object("out", "p/Model-bolts-3.onnx", null));
    assertThat(succeeded.getTrainingManifest())
        .isEqualTo(new S3Object("out", "p/TrainingManifest-bolts-3.json", null));
    assertThat(succeeded.getEvaluationResult())
        .isEqualTo(new S3Object("out", "p/EvaluationResult-bolts-3.json", null));
    assertThat(succeeded.getEvaluationManifest())
        .isEqualTo(new S3Object("out", "p/EvaluationManifest-bolts-3.json", null));
    assertThat(succeeded.getReport()).isEqualTo(new S3Object("out", "p/Report-bolts-3.html", null));
    assertThat(outcome.getEndedAt()).isEqualTo(SmallTraining.NOW);
    assertThat(outcome.getCutId()).isEqualTo("relook.commands-0-7");
    assertThat(outcome.getModelArn())
        .isEqualTo("arn:aws:lookoutvision:us-east-1:123456789012:model/bolts/3");
    assertThat(succeeded.getProvenance().getModelFileDigest()).isEqualTo(success.file().digest());
    assertThat(succeeded.getProvenance().getTrainingManifestDigest())
        .isEqualTo(trained.request().manifestDigest());
    assertThat(succeeded.getProvenance().getSettings())
        .containsExactly(
            Map.entry("training.refit", "NO_PARENT"), Map.entry("training.since-refit", "0"));
  }

  @Test
  @Contract("FILE-TIMES")
  void fileAndOutcomeSayTheSame() throws Exception {
    TrainingOutcome outcome = publication.publish(small.trained(SmallTraining.model("p/", null)));

    ModelPerformance performance = ((TrainingSucceeded) outcome.getOutcome()).getPerformance();
    JsonNode result = JSON.readTree(file("p/EvaluationResult-bolts-3.json"));
    JsonNode metrics = result.path("AggregatedEvaluationResults").path("Metrics");
    assertThat(metrics.path("F1Score").doubleValue()).isEqualTo(performance.getF1Score());
    assertThat(metrics.path("Precision").doubleValue()).isEqualTo(performance.getPrecision());
    assertThat(metrics.path("Recall").doubleValue()).isEqualTo(performance.getRecall());
    assertThat(result.path("EvaluationDetails").path("EvaluationEndTimestamp").textValue())
        .isEqualTo(outcome.getEndedAt().toString());
    assertThat(new String(file("p/EvaluationManifest-bolts-3.json")).lines()).hasSize(6);
  }

  @Test
  void publishingTwiceWritesTheSameFiles() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", null));
    TrainingOutcome first = publication.publish(trained);
    byte[] manifest = file("p/EvaluationManifest-bolts-3.json");
    byte[] report = file("p/Report-bolts-3.html");

    assertThat(publication.publish(trained)).isEqualTo(first);
    assertThat(file("p/EvaluationManifest-bolts-3.json")).isEqualTo(manifest);
    assertThat(file("p/Report-bolts-3.html")).isEqualTo(report);
  }

  @Test
  void aFileThatDoesNotScoreAsReportedIsNotPublished() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", null));
    Success success = Objects.requireNonNull(trained.success());
    List<TestScore> other = new ArrayList<>(success.test().scores());
    other.set(4, new TestScore(other.get(4).sourceRef(), other.get(4).score() * 1.001));

    TrainingFailed failed =
        failure(
            publication.publish(new TrainingResult(trained.request(), with(success, other), null)));

    assertThat(failed.getReason()).isEqualTo("PARITY");
    assertThat(failed.getMessage()).contains(other.get(4).sourceRef());
    assertThat(small.store.bucket("out")).isEmpty();
  }

  @Test
  void aFileThatDoesNotRunIsNotPublished() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", null));
    String key = Objects.requireNonNull(trained.success()).file().key();
    small.store.put(new S3Object("relook", key, null), new byte[] {1}, "x/y", Optional.empty());

    assertThat(failure(publication.publish(trained)).getReason()).isEqualTo("PARITY");
    assertThat(small.store.bucket("out")).isEmpty();
  }

  @Test
  void otherPicturesStandInForOneThatIsGone() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", null));
    small.store.bucket("relook").remove(small.lines.get(8).picture().key());

    assertThat(publication.publish(trained).getOutcome()).isInstanceOf(TrainingSucceeded.class);
  }

  @Test
  @Contract("FAIL-PICTURE-GONE")
  void aFileThatCouldNotBeCheckedIsNotPublished() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", null));
    small.lines.forEach(line -> small.store.bucket("relook").remove(line.picture().key()));

    assertThat(failure(publication.publish(trained)).getReason()).isEqualTo("PICTURE_GONE");
    assertThat(small.store.bucket("out")).isEmpty();
  }

  @Test
  @Contract("FAIL-PICTURE-GONE")
  void aPictureThatWasChangedSinceCountsAsGone() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", null));
    for (TrainingImage line : small.lines) {
      S3Object picture = new S3Object("relook", line.picture().key(), null);
      small.store.put(picture, new byte[] {1}, "image/png", Optional.empty());
    }

    TrainingFailed failed = failure(publication.publish(trained));
    assertThat(failed.getReason()).isEqualTo("PICTURE_GONE");
    assertThat(failed.getMessage())
        .endsWith(
            " was changed after it was sent. Send the image again or withdraw it, then create the"
                + " model again.");
    assertThat(small.store.bucket("out")).isEmpty();
  }

  @Test
  @Contract("FAIL-KMS")
  void aKeyThatIsDisabledBetweenTrainingAndPublishingFailsThisTrainingAlone() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", "alias/retired"));
    small.store.forbidKey("alias/retired");

    TrainingFailed failed = failure(publication.publish(trained));

    assertThat(failed.getReason()).isEqualTo("KMS_KEY_UNUSABLE");
    assertThat(failed.getMessage())
        .isEqualTo(
            "The trained model cannot be decrypted: The store cannot use the key alias/retired."
                + " Enable KmsKeyId alias/retired and create the model again.");
    assertThat(small.store.bucket("out")).isEmpty();
  }

  @Test
  void aFileOfOursThatIsDeletedBeforePublishingFailsThisTrainingAlone() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", null));
    String manifest = trained.request().manifestKey();
    small.store.bucket("relook").remove(manifest);

    TrainingFailed failed = failure(publication.publish(trained));

    assertThat(failed.getReason()).isEqualTo("STORED_OBJECT_GONE");
    assertThat(failed.getMessage())
        .isEqualTo(
            "The trained model or its manifest was deleted from relook's bucket after it was"
                + " written: There is no object "
                + manifest
                + " in bucket relook. Create the model again.");
    small.store.bucket("relook").remove(Objects.requireNonNull(trained.success()).file().key());
    assertThat(failure(publication.publish(trained)).getReason()).isEqualTo("STORED_OBJECT_GONE");
    assertThat(small.store.bucket("out")).isEmpty();
  }

  @Test
  void withoutTestImagesThereAreNoEvaluationFiles() throws Exception {
    small.lines.removeIf(line -> line.split() == Split.TEST);

    TrainingOutcome outcome = publication.publish(small.trained(SmallTraining.model("p/", null)));

    TrainingSucceeded succeeded = (TrainingSucceeded) outcome.getOutcome();
    assertThat(succeeded.getPerformance()).isNull();
    assertThat(succeeded.getEvaluationResult()).isNull();
    assertThat(small.store.bucket("out").keySet())
        .containsExactly(
            "p/Model-bolts-3.onnx", "p/Report-bolts-3.html", "p/TrainingManifest-bolts-3.json");
    assertThat(new String(file("p/Report-bolts-3.html"), UTF_8))
        .contains("This model has not been measured");
  }

  @Test
  void theReportTellsOfTheTestImagesWithTheirPictures() throws Exception {
    publication.publish(small.trained(SmallTraining.model("p/", null)));

    String report = new String(file("p/Report-bolts-3.html"), UTF_8);
    assertThat(report)
        .contains("<title>bolts version 3")
        .contains("3 good, 3 defective")
        .contains("s3://theirs/11.png")
        .contains("arn:aws:lookoutvision:us-east-1:123456789012:model/bolts/3");
    // Six test images, each once, with its heat map.
    assertThat(report.split("<img ", -1)).hasSize(1 + 2 * 6);
  }

  @Test
  void aPictureThatIsGoneIsMissingInTheReportAlone() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", null));
    small.store.bucket("relook").remove(small.lines.get(8).picture().key());

    publication.publish(trained);

    String report = new String(file("p/Report-bolts-3.html"), UTF_8);
    assertThat(report).contains("The picture is no longer there.");
    assertThat(report.split("<img ", -1)).hasSize(1 + 2 * 5);
  }

  @Test
  void suspectedLabelsAreMarkedInTheManifestAndShown() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", null));
    Success success = Objects.requireNonNull(trained.success());

    TrainingOutcome outcome =
        publication.publish(
            new TrainingResult(
                trained.request(),
                with(success, success.test().scores(), List.of("s3://theirs/03.png")),
                null));

    List<String> marked =
        new String(file("p/TrainingManifest-bolts-3.json"), UTF_8).lines().toList();
    List<String> own =
        new String(small.store.kept("relook", trained.request().manifestKey()).bytes(), UTF_8)
            .lines()
            .toList();
    assertThat(marked).hasSameSizeAs(own);
    for (int i = 0; i < own.size(); i++) {
      if (own.get(i).contains("s3://theirs/03.png")) {
        assertThat(JSON.readTree(marked.get(i)).path("suspected-label").booleanValue()).isTrue();
      } else {
        assertThat(marked.get(i)).isEqualTo(own.get(i));
      }
    }
    // The digest names what was trained on.
    assertThat(
            ((TrainingSucceeded) outcome.getOutcome()).getProvenance().getTrainingManifestDigest())
        .isEqualTo(trained.request().manifestDigest());
    assertThat(new String(file("p/Report-bolts-3.html"), UTF_8))
        .contains("1 training picture labelled good looks far from the rest")
        .contains("s3://theirs/03.png");
  }

  @Test
  @Contract("FAIL-BUCKET-GONE")
  void anOutputBucketThatIsGoneFailsTheTrainingWithWhatToDo() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", null));
    small.store.removeBucket("out");

    TrainingFailed failed = failure(publication.publish(trained));

    assertThat(failed.getReason()).isEqualTo("OUTPUT_NOT_WRITABLE");
    assertThat(failed.getMessage())
        .isEqualTo(
            "The model's files cannot be written: There is no bucket out. Check that the bucket of"
                + " OutputConfig exists and that relook may write to it, then create the model"
                + " again.");
  }

  @Test
  void aStoreThatIsDownFailsTheJobAndNotTheTraining() throws Exception {
    TrainingResult trained = small.trained(SmallTraining.model("p/", null));
    small.store.unreachable(true);

    assertThatThrownBy(() -> publication.publish(trained)).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void aFailedTrainingIsSaidToHaveFailed() throws Exception {
    TrainingResult failed =
        new TrainingResult(
            small.request(SmallTraining.model("p/", null)),
            null,
            new Failure("NO_GOOD_IMAGES", "Label some."));

    TrainingOutcome outcome = publication.publish(failed);

    assertThat(outcome.getOutcome()).isEqualTo(new TrainingFailed("NO_GOOD_IMAGES", "Label some."));
    assertThat(outcome.getEndedAt()).isEqualTo(SmallTraining.NOW);
  }

  private byte[] file(String key) {
    return small.store.kept("out", key).bytes();
  }

  private static TrainingFailed failure(TrainingOutcome outcome) {
    return (TrainingFailed) outcome.getOutcome();
  }

  private static Success with(Success success, List<TestScore> scores) {
    return with(success, scores, success.fit().suspectedLabels());
  }

  private static Success with(
      Success success, List<TestScore> scores, List<String> suspectedLabels) {
    return new Success(
        success.file(),
        success.backbone(),
        new TrainingResult.Fit(
            success.fit().detectors(),
            success.fit().mode(),
            success.fit().threshold(),
            success.fit().images(),
            suspectedLabels),
        new TrainingResult.Test(success.test().images(), scores, success.test().metrics()),
        success.lineage(),
        success.run());
  }
}
