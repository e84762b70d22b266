package io.relook.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The submitter of docker-compose.yml, with commands in place of Flink that note what it asks. */
@Timeout(60)
class SubmitScriptTest {
  private static final Path SCRIPT =
      Path.of(System.getProperty("user.dir"), "../../deploy/docker/submit");

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void makeCommands() throws IOException {
    Files.writeString(file("overview"), "{\"jobs\":[]}");
    command(
        "bin/wget",
        """
        case "${@: -1}" in
          */jobs/overview) cat "$DIR/overview" ;;
          */checkpoints) echo '{"counts":{"restored":1,"completed":'$(cat "$DIR/completed")',"failed":0}}' ;;
        esac
        """);
    command("bin/sleep", "exec /bin/sleep 0.05\n");
    command(
        "flink/bin/flink",
        """
        echo "flink $*"
        mkdir -p "$DIR/state/checkpoints/0a0a/chk-1"
        echo '{"jobs":[{"jid":"0a0a","name":"relook","start-time":5,"state":"RUNNING"}]}' > "$DIR/overview"
        """);
  }

  @Test
  void formerCheckpointsAreRemovedOnceTheNewRunHasThree() throws Exception {
    Path former = state("checkpoints/former/chk-9", 1);
    Path older = state("savepoints/savepoint-a", 2);
    Path newest = state("savepoints/savepoint-b", 3);
    Files.writeString(file("completed"), "2");
    Process process = start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).endsWith("submitting the job, from " + newest);
      assertThat(out.readLine())
          .contains("--fromSavepoint file://" + newest + " --claimMode NO_CLAIM");
      assertThat(out.readLine()).endsWith("the job runs as 0a0a");
      assertThat(former).as("two checkpoints are not enough").exists();
      Files.writeString(file("completed"), "3");
      await().until(() -> Files.notExists(former) && Files.notExists(newest));
      assertThat(older).exists();
      assertThat(directory.resolve("state/checkpoints/0a0a/chk-1")).exists();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** SIGTERM as `docker compose stop` sends it: the message shows that the script traps it. */
  @Test
  void stopsAtOnceWhileItSleeps() throws Exception {
    command("bin/sleep", "exec /bin/sleep 600\n");
    Process process = start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).endsWith("submitting the job, with empty state");
      assertThat(out.readLine()).startsWith("flink run");
      await().until(() -> runs(process, "600"));
      stopsAtOnce(process, out);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void stopsAtOnceWhileFlinkSubmits() throws Exception {
    command("flink/bin/flink", "echo submitting; exec /bin/sleep 601\n");
    Process process = start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).endsWith("submitting the job, with empty state");
      assertThat(out.readLine()).isEqualTo("submitting");
      await().until(() -> runs(process, "601"));
      stopsAtOnce(process, out);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void failsWhenTheJobFailed() throws Exception {
    Files.writeString(file("completed"), "0");
    Process process = start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).endsWith("submitting the job, with empty state");
      assertThat(out.readLine()).startsWith("flink run");
      assertThat(out.readLine()).endsWith("the job runs as 0a0a");
      Files.writeString(
          file("overview"),
          "{\"jobs\":[{\"jid\":\"0a0a\",\"name\":\"relook\",\"start-time\":5,\"state\":\"FAILED\"}]}");
      assertThat(out.readLine()).contains("the job 0a0a failed");
      assertThat(process.waitFor()).isEqualTo(1);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static void stopsAtOnce(Process process, BufferedReader out) throws Exception {
    List<ProcessHandle> children = process.descendants().toList();
    process.toHandle().destroy();
    assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(out.readLine()).endsWith("submit: stopping");
    await().until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
  }

  private static boolean runs(Process process, String argument) {
    return process
        .descendants()
        .anyMatch(child -> child.info().commandLine().orElse("").endsWith("sleep " + argument));
  }

  private Process start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder("bash", SCRIPT.toString(), "--option", "value");
    builder.environment().put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("DIR", directory.toString());
    builder.environment().put("FLINK_HOME", directory.resolve("flink").toString());
    builder.environment().put("FLINK_STATE_DIR", directory.resolve("state").toString());
    return builder.redirectErrorStream(true).start();
  }

  private Path state(String name, int second) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("state").resolve(name));
    Path metadata = Files.createFile(folder.resolve("_metadata"));
    Files.setLastModifiedTime(metadata, FileTime.from(Instant.ofEpochSecond(1_000 + second)));
    return folder;
  }

  private void command(String name, String body) throws IOException {
    Path file = file(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + body);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Path file(String name) {
    return directory.resolve(name);
  }
}
