package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.client.RelookConnection;
import io.relook.client.Setting;
import io.relook.job.contract.Contract;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.TestStack;
import io.relook.job.stack.Workload;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.ExceptionCode;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import io.relook.wire.ServiceException;
import io.relook.wire.Tag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.FileUtils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encryption keys, permissions and buckets, over real topics and a real store. */
class AccessIT {
  private static final String PROJECT = "bolts";
  private static final String KEY = "alias/factory";
  private static final int IMAGES = 12;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Test
  @Contract({"MEMBER-KMS-KEY-ID", "FAIL-KMS"})
  void underAKeyNothingLiesInTheClearAndWithoutOneNothingIsPublished(@TempDir Path directory)
      throws Exception {
    try (TestStack stack = small(directory);
        Workload workload = new Workload(stack.connect(), PROJECT)) {
      stack.s3().createKmsKey(KEY);
      stack.startJob(2);
      workload.createProject();
      sendImages(workload);
      Awaitility.await("stored as it came, until a training asks for a key")
          .atMost(PATIENCE)
          // Other pictures still arrive: a file may have got its final name since it was listed.
          .ignoreExceptionsMatching(
              e -> ExceptionUtils.findThrowable(e, NoSuchFileException.class).isPresent())
          .until(() -> filesHolding(stack, SmallPictures.png(0)) == 1);

      ModelMetadata trained = workload.awaitEnd(workload.send(under(workload, "first")));
      assertThat(trained.getStatus()).as(trained.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
      assertThat(trained.getKmsKeyId()).isEqualTo(KEY);
      for (int i = 0; i < IMAGES; i++) {
        assertThat(filesHolding(stack, SmallPictures.png(i))).as("picture %d", i).isZero();
      }
      for (String text : List.of("source-ref", "F1Score", "is_anomalous")) {
        assertThat(filesHolding(stack, text.getBytes(StandardCharsets.UTF_8))).as(text).isZero();
      }

      stack.s3().disableKmsKey(KEY);
      ModelMetadata failed = workload.awaitEnd(workload.send(under(workload, "second")));
      assertThat(failed.getStatus()).isEqualTo(ModelStatus.TRAINING_FAILED);
      assertThat(failed.getStatusMessage()).contains("KmsKeyId");
      Path published = stack.s3().dataDirectory().resolve("objects/models/bolts");
      assertThat(published.resolve("Model-bolts-1.onnx")).exists();
      assertThat(published.resolve("Model-bolts-2.onnx")).doesNotExist();
    }
  }

  @Test
  @Contract({"ACCESS-POLICY", "EX-ACCESS-DENIED", "FAIL-BUCKET-GONE"})
  void aPolicyIsObeyedAndABucketThatGoesFailsTheTraining(@TempDir Path directory) throws Exception {
    Path policy =
        Files.writeString(
            directory.resolve("policy.json"),
            """
            {"statements": [
              {"callers": ["anonymous"], "operations": ["CreateProject", "CreateModel"],
               "projects": ["bolts"]},
              {"callers": ["admin"], "operations": ["*"]}
            ]}""");
    try (TestStack stack = small(directory).option("access.policy-file", policy.toString());
        Workload workload = new Workload(stack.connect(), PROJECT);
        Workload admin =
            new Workload(
                new RelookConnection(stack.settings().with(Setting.CALLER, "admin")), PROJECT)) {
      stack.startJob(2);
      workload.createProject();
      assertThat(denied(workload.send(new CreateProject("nuts", null))))
          .isEqualTo(
              "The caller (none was named) may not do CreateProject on the project 'nuts': ask for"
                  + " a statement in the job's access policy that allows it.");
      CreateModel tagged =
          CreateModel.newBuilder(workload.createModelCommand("tagged"))
              .setTags(List.of(new Tag("line", "4")))
              .build();
      assertThat(denied(workload.send(tagged)))
          .startsWith(
              "The caller (none was named) may not do TagResource on the project 'bolts', which"
                  + " CreateModel with Tags needs");

      sendImages(workload);
      stack.s3().createBucket("short-lived");
      CreateModel intoShortLived =
          CreateModel.newBuilder(tagged)
              .setOutputConfig(new OutputConfig(new S3Location("short-lived", "")))
              .build();
      // The result of the probe holds for a minute, so the next command is admitted.
      admin.awaitEnd(admin.send(intoShortLived));
      FileUtils.deleteDirectory(stack.s3().dataDirectory().resolve("objects/short-lived").toFile());
      ModelMetadata failed =
          admin.awaitEnd(
              admin.send(CreateModel.newBuilder(intoShortLived).setClientToken("gone").build()));
      assertThat(failed.getStatus()).isEqualTo(ModelStatus.TRAINING_FAILED);
      assertThat(failed.getStatusMessage())
          .startsWith("The model's files cannot be written: There is no bucket short-lived");
      assertThat(failed.getModelVersion()).isEqualTo("2");
    }
  }

  private static TestStack small(Path directory) {
    return TestStack.start(directory, 2).smallBackbone().option("dataset.minimums", "false");
  }

  private static void sendImages(Workload workload) {
    for (int i = 0; i < IMAGES; i++) {
      var unused = workload.sendImage("image-" + i, Label.NORMAL, SmallPictures.png(i));
    }
    workload.flush();
  }

  private static CreateModel under(Workload workload, String clientToken) {
    return CreateModel.newBuilder(workload.createModelCommand(clientToken))
        .setKmsKeyId(KEY)
        .build();
  }

  private static String denied(CommandReply reply) {
    ServiceException error = reply.getError();
    assertThat(error.getCode()).isEqualTo(ExceptionCode.AccessDeniedException);
    return error.getMessage();
  }

  /** Files of the store whose bytes hold these somewhere. */
  private static long filesHolding(TestStack stack, byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    long holding = 0;
    try (Stream<Path> files = Files.walk(stack.s3().dataDirectory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        holding += Files.readString(file, StandardCharsets.ISO_8859_1).contains(text) ? 1 : 0;
      }
    }
    return holding;
  }
}
