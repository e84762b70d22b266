package io.relook.learning.backbone;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A descriptor and an ONNX file are used or rejected with a sentence: nothing else. The input is
 * the descriptor, a zero byte, and the ONNX file. To fuzz: {@code JAZZER_FUZZ=1 mvn -Dquick
 * -Djazzer.hooks=true -pl learning test -Dtest=BackboneFuzzTest}.
 */
class BackboneFuzzTest {
  @FuzzTest(maxDuration = "2m")
  void load(byte[] input) throws IOException {
    int zero = 0;
    while (zero < input.length && input[zero] != 0) {
      zero++;
    }
    Path directory = Files.createTempDirectory("backbone-fuzz");
    Path descriptor = directory.resolve("backbone.json");
    Path onnx = directory.resolve("backbone.onnx");
    try {
      Files.write(descriptor, Arrays.copyOf(input, zero));
      Files.write(onnx, Arrays.copyOfRange(input, Math.min(input.length, zero + 1), input.length));
      Backbone backbone = Backbone.load(descriptor);
      assertThat(backbone.descriptor().taps()).isNotEmpty();
    } catch (IllegalArgumentException | IOException e) {
      assertThat(e.getMessage()).isNotBlank();
    } finally {
      Files.deleteIfExists(descriptor);
      Files.deleteIfExists(onnx);
      Files.deleteIfExists(directory);
    }
  }
}
