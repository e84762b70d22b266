package io.relook.learning.backbone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputSizeTest {

  @ParameterizedTest
  @CsvSource({
    "512, 512, 256, 256",
    "128, 128, 256, 256",
    "576, 768, 224, 288",
    "768, 576, 288, 224",
    "500, 1260, 160, 416",
    "1000, 667, 320, 224",
    "4096, 64, 2048, 32",
    "64, 4096, 32, 2048",
  })
  void keepsTheAspectAtAFixedArea(int width, int height, int inputWidth, int inputHeight) {
    assertThat(InputSize.forPicture(width, height, 256 * 256))
        .isEqualTo(new InputSize(inputWidth, inputHeight));
  }
}
