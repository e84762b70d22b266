package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.poison.HostilePng;
import io.relook.job.poison.JobProcessRunner;
import io.relook.job.stack.Log;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.TestStack;
import io.relook.job.stack.Workload;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.DatasetDescription;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.Rejection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobStatus;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A picture that relook itself fails on costs that picture, and nothing else. */
class PoisonIT {
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final int GOOD = 20;

  @Test
  void aPictureThatMakesADecoderThrowIsRejectedAndTheJobIsNotRestarted(@TempDir Path directory) {
    HostilePng.register();
    try (TestStack stack = TestStack.start(directory, 2);
        Workload workload = new Workload(stack.connect(), "parts")) {
      stack.startJob(2);
      send(workload, 0, GOOD / 2);
      var unused =
          workload.sendImage("poison", Label.NORMAL, HostilePng.throwing(SmallPictures.png(1000)));
      send(workload, GOOD / 2, GOOD);

      awaitImages(workload);
      Rejection rejection = only(rejections(workload));
      assertThat(rejection.getCode()).isEqualTo("POISON");
      assertThat(rejection.getStage()).isEqualTo("extract-features");
      assertThat(rejection.getMessage())
          .startsWith("relook failed while decoding the picture: StackOverflowError: nested too")
          .contains("relook rejections resend");
      assertThat(rejection.getSourceRef()).isEqualTo("poison");
      assertThat(original(rejection).getSourceRef()).isEqualTo("poison");
      assertThat(stack.flink().status(stack.running())).isEqualTo(JobStatus.RUNNING);
    } finally {
      HostilePng.unregister();
    }
  }

  @Test
  void aPictureThatEndsTheProcessIsRejectedOnceAndEverythingElseIsTaken(@TempDir Path directory)
      throws Exception {
    try (TestStack stack = TestStack.start(directory, 2);
        Workload workload = new Workload(stack.connect(), "parts");
        JobProcessRunner job =
            new JobProcessRunner(
                directory.resolve("job"),
                stack.options(),
                Map.of(
                    "AWS_ACCESS_KEY_ID", stack.s3().accessKeyId(),
                    "AWS_SECRET_ACCESS_KEY", stack.s3().secretAccessKey()))) {
      send(workload, 0, GOOD / 2);
      var unused =
          workload.sendImage("poison", Label.NORMAL, HostilePng.halting(SmallPictures.png(1000)));
      send(workload, GOOD / 2, GOOD);
      job.start();

      awaitImages(workload);
      Rejection rejection = only(rejections(workload));
      assertThat(rejection.getCode()).isEqualTo("POISON");
      assertThat(rejection.getMessage())
          .startsWith("The process ended 3 times while this message was in work");
      assertThat(rejection.getProject()).isEqualTo("parts");
      assertThat(original(rejection).getSourceRef()).isEqualTo("poison");
      // Once for each record; read again by the last process it was not decoded.
      assertThat(job.halts()).isBetween(3, 6);
      assertThat(job.stop()).as("the job was running at the end").isZero();
      assertThat(rejections(workload)).hasSize(1);
    }
  }

  private static void send(Workload workload, int from, int to) {
    for (int i = from; i < to; i++) {
      var unused = workload.sendImage("image-" + i, Label.NORMAL, SmallPictures.png(i));
    }
    workload.flush();
  }

  private static void awaitImages(Workload workload) {
    Awaitility.await()
        .atMost(PATIENCE)
        .alias("all good images are in the data set and the bad one is rejected")
        .until(
            () ->
                !rejections(workload).isEmpty()
                    && Log.records(workload.relook(), Topic.DATASETS, DatasetDescription.class)
                        .stream()
                        .anyMatch(dataset -> dataset.getImageStats().getTotal() == GOOD));
  }

  private static List<Rejection> rejections(Workload workload) {
    return Log.records(workload.relook(), Topic.REJECTIONS, Rejection.class);
  }

  private static Rejection only(List<Rejection> rejections) {
    assertThat(rejections).hasSize(1);
    return rejections.get(0);
  }

  private static LabeledImage original(Rejection rejection) {
    byte[] bytes = new byte[rejection.getOriginalBytes().remaining()];
    rejection.getOriginalBytes().duplicate().get(bytes);
    return (LabeledImage)
        ((io.relook.schemas.Decoding.Decoded) MessageCodec.standard().decode(Topic.IMAGES, bytes))
            .record();
  }
}
