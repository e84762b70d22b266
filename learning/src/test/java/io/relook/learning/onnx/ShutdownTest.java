package io.relook.learning.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is stopped while threads open sessions ends as it was told, not with a crash. */
class ShutdownTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void aProcessThatOpensSessionsExitsCleanly() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx128m",
                "-XX:ErrorFile=" + directory.resolve("crash.log"),
                "-cp",
                System.getProperty("java.class.path"),
                Opening.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(directory.resolve("crash.log")).doesNotExist();
  }

  /** Opens sessions without end in other threads, and exits meanwhile. */
  static final class Opening {
    private Opening() {}

    public static void main(String[] args) throws InterruptedException {
      OnnxGraph graph = new OnnxGraph("nothing", 18);
      String x = graph.input("x", OnnxGraph.Type.FLOAT, "1");
      graph.output("y", graph.node("Relu", x), OnnxGraph.Type.FLOAT, "1");
      byte[] file = graph.toBytes(Map.of());
      Semaphore opened = new Semaphore(0);
      for (int i = 0; i < 2; i++) {
        Thread thread =
            new Thread(
                () -> {
                  while (true) {
                    new OnnxSession(file, 1).close();
                    opened.release();
                  }
                });
        thread.setDaemon(true);
        thread.start();
      }
      opened.acquire(20);
      // As a stack does that stops its job in a hook: the job's threads still work.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitMore(opened)));
      System.exit(0);
    }

    private static void awaitMore(Semaphore opened) {
      try {
        if (!opened.tryAcquire(500, 10, TimeUnit.SECONDS)) {
          Runtime.getRuntime().halt(3);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
