package io.relook.learning.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.features.OnnxFeatureExtractor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongCommandLineTest {

  /** Opens a session in a process of its own. */
  static final class Opens {
    private Opens() {}

    public static void main(String[] args) {
      new OnnxFeatureExtractor(Backbone.bundled(), 4096, 1).close();
    }
  }

  @Test
  void aLongClassPathOnTheCommandLineDoesNotEndTheProcess() throws Exception {
    String classPath = System.getProperty("java.class.path") + ":/nowhere/to/be/found".repeat(1000);
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    classPath,
                    Opens.class.getName()))
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
  }
}
