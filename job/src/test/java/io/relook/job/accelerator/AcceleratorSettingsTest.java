package io.relook.job.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.relook.learning.onnx.ChosenProvider;
import io.relook.learning.onnx.ProviderChoice;
import io.relook.learning.onnx.ProviderUnavailableException;
import org.apache.flink.runtime.throwable.ThrowableClassifier;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.junit.jupiter.api.Test;

class AcceleratorSettingsTest {
  /** The jar of the tests has no CUDA. */
  private final ProviderUnavailableException unavailable =
      catchThrowableOfType(
          ProviderUnavailableException.class, () -> ChosenProvider.of(ProviderChoice.CUDA, 0));

  @Test
  void withoutAGpuAtTheStartTheJobIsNotRestarted() {
    RuntimeException failure = AcceleratorSettings.failure(unavailable, 0);

    assertThat(isFinal(failure)).isTrue();
    assertThat(failure).hasCause(unavailable);
  }

  @Test
  void aGpuThatIsLostLaterMayComeBack() {
    RuntimeException failure = AcceleratorSettings.failure(unavailable, 1);

    assertThat(isFinal(failure)).isFalse();
    assertThat(failure).isSameAs(unavailable);
  }

  private static boolean isFinal(Throwable failure) {
    return ThrowableClassifier.findThrowableOfThrowableType(
            failure, ThrowableType.NonRecoverableError)
        .isPresent();
  }
}
