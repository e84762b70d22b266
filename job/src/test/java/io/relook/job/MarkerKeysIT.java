package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.stack.Log;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.TestStack;
import io.relook.job.stack.Workload;
import io.relook.schemas.Topic;
import io.relook.schemas.signing.KeyFiles;
import io.relook.wire.CommandReply;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.Rejection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The key of cut markers is changed while images and commands keep coming. */
@Timeout(300)
class MarkerKeysIT {
  private static final String PROJECT = "bolts";
  private static final int IMAGES = 12;

  @Test
  void aKeyIsReplacedUnderLoadAndNothingIsRejected(@TempDir Path directory) throws Exception {
    KeyFiles first = KeyFiles.in(directory.resolve("keys"), "first");
    KeyFiles second = KeyFiles.in(directory.resolve("keys"), "second");
    first.create();
    second.create();
    try (TestStack stack =
            TestStack.start(directory, 2)
                .smallBackbone()
                .option("dataset.minimums", "false")
                .option("quota.concurrent-trainings", "100")
                .checkpointEvery(Duration.ofMillis(200));
        Workload workload = new Workload(stack.connect(), PROJECT)) {
      stack.option(KeyFiles.UNSIGNED_UNTIL, "2000-01-01T00:00:00Z");
      keys(stack, first, first);
      stack.startJob(2);
      workload.createProject();
      for (int i = 0; i < IMAGES; i++) {
        var unused = workload.sendImage("image-" + i, Label.NORMAL, SmallPictures.png(i));
      }
      workload.flush();
      AtomicBoolean stop = new AtomicBoolean();
      List<CommandReply> replies = new CopyOnWriteArrayList<>();
      CompletableFuture<Void> load =
          CompletableFuture.runAsync(() -> createModels(workload, stop, replies));
      awaitMore(replies);

      // As the guide says: trust the new key, sign with it, drop the old one.
      keys(stack, first, first, second);
      restart(stack, replies);
      keys(stack, second, first, second);
      restart(stack, replies);
      keys(stack, second, second);
      restart(stack, replies);
      stop.set(true);

      load.get();
      for (CommandReply reply : replies) {
        ModelMetadata model = workload.awaitEnd(reply);
        assertThat(model.getStatus()).as(model.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
      }
      assertThat(Log.records(stack.connect(), Topic.REJECTIONS, Rejection.class)).isEmpty();
    }
  }

  private static void createModels(
      Workload workload, AtomicBoolean stop, List<CommandReply> replies) {
    while (!stop.get()) {
      replies.add(workload.createModel("token-" + replies.size()));
    }
  }

  private static void awaitMore(List<CommandReply> replies) {
    int before = replies.size();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> replies.size() >= before + 2);
  }

  private static void keys(TestStack stack, KeyFiles signing, KeyFiles... trusted) {
    List<String> verify = new ArrayList<>();
    for (KeyFiles key : trusted) {
      verify.add(option(key, KeyFiles.VERIFY_KEYS));
    }
    stack.option(KeyFiles.SIGNING_KEY, option(signing, KeyFiles.SIGNING_KEY));
    stack.option(KeyFiles.VERIFY_KEYS, String.join(";", verify));
  }

  private static String option(KeyFiles key, String name) {
    return Objects.requireNonNull(key.options().get(name));
  }

  private static void restart(TestStack stack, List<CommandReply> replies) {
    String savepoint = stack.stopJob();
    stack.startJob(2, Optional.of(savepoint));
    awaitMore(replies);
  }
}
