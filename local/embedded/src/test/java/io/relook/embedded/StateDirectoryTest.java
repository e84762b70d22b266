package io.relook.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");

  @TempDir private Path directory = Path.of("");

  @Test
  void isTheLastModified() throws IOException {
    assertThat(new StateDirectory(directory).newest()).isEmpty();
    complete("checkpoints/job/chk-9", NOW);
    Path savepoint = complete("savepoints/savepoint-1", NOW.plusSeconds(1));
    complete("checkpoints/job/chk-10", NOW.minusSeconds(1));

    assertThat(new StateDirectory(directory).newest()).contains(savepoint.toUri().toString());
  }

  @Test
  void checkpointsMayBeRemovedDuringTheSearch() throws IOException {
    Path savepoint = complete("savepoints/savepoint-1", NOW);
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> flink =
        CompletableFuture.runAsync(
            () -> {
              while (!done.get()) {
                try {
                  for (int i = 0; i < 100; i++) {
                    complete("checkpoints/job/chk-" + i, NOW.minusSeconds(1));
                  }
                  for (int i = 0; i < 100; i++) {
                    Path checkpoint = directory.resolve("checkpoints/job/chk-" + i);
                    Files.delete(checkpoint.resolve("_metadata"));
                    Files.delete(checkpoint);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    try {
      for (int i = 0; i < 1_000; i++) {
        // Until its time is set the checkpoint is the newest.
        assertThat(new StateDirectory(directory).newest()).isPresent();
      }
    } finally {
      done.set(true);
      flink.join();
    }
    assertThat(new StateDirectory(directory).newest()).contains(savepoint.toUri().toString());
  }

  @Test
  void whatFormerRunsLeftIsRemovedAndOtherSavepointsStay() throws IOException {
    complete("checkpoints/present/chk-3", NOW);
    complete("checkpoints/former/chk-9", NOW);
    Files.writeString(
        Files.createDirectories(directory.resolve("checkpoints/former/shared")).resolve("x"), "x");
    complete("savepoints/savepoint-1", NOW);
    complete("savepoints/savepoint-12", NOW);

    assertThat(
            new StateDirectory(directory)
                .removeFormer(
                    "present", Optional.of(directory.toUri() + "savepoints/savepoint-12")))
        .containsExactlyInAnyOrder(
            directory.resolve("checkpoints/former"), directory.resolve("savepoints/savepoint-12"));
    assertThat(directory.resolve("checkpoints/present/chk-3/_metadata")).exists();
    assertThat(directory.resolve("savepoints/savepoint-1/_metadata")).exists();
    assertThat(directory.resolve("checkpoints/former")).doesNotExist();
    assertThat(directory.resolve("savepoints/savepoint-12")).doesNotExist();
  }

  /** After a failover Flink names the run's own checkpoint as the one that was restored. */
  @Test
  void theRunsOwnCheckpointsStay() throws IOException {
    complete("checkpoints/present/chk-3", NOW);
    assertThat(
            new StateDirectory(directory)
                .removeFormer(
                    "present", Optional.of(directory.toUri() + "checkpoints/present/chk-3")))
        .isEmpty();
  }

  private Path complete(String state, Instant modified) throws IOException {
    Path metadata = directory.resolve(state).resolve("_metadata");
    Files.createDirectories(metadata.getParent());
    Files.createFile(metadata);
    return Files.setLastModifiedTime(metadata, FileTime.from(modified));
  }
}
