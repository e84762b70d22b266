package io.relook.learning.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ChosenProviderTest {

  @Test
  void theProcessorIsChosenWithoutLookingForAGpu() {
    ChosenProvider chosen =
        ChosenProvider.of(
            ProviderChoice.CPU,
            -1,
            cuda -> {
              throw new AssertionError("looked for " + cuda);
            });

    assertThat(chosen).isEqualTo(new ChosenProvider(ExecutionProvider.CPU, Optional.empty()));
  }

  @Test
  void aGpuThatWorksIsTakenByItsIndex() {
    for (ProviderChoice choice : new ProviderChoice[] {ProviderChoice.CUDA, ProviderChoice.AUTO}) {
      assertThat(ChosenProvider.of(choice, 3, cuda -> Optional.empty()))
          .isEqualTo(new ChosenProvider(new ExecutionProvider.Cuda(3), Optional.empty()));
    }
  }

  @Test
  void autoFallsBackAndSaysWhy() {
    assertThat(ChosenProvider.of(ProviderChoice.AUTO, 0, cuda -> Optional.of("It is on fire.")))
        .isEqualTo(new ChosenProvider(ExecutionProvider.CPU, Optional.of("It is on fire.")));
  }

  @Test
  void cudaWithoutAGpuIsAnError() {
    assertThatThrownBy(
            () -> ChosenProvider.of(ProviderChoice.CUDA, 0, cuda -> Optional.of("It is gone.")))
        .isInstanceOf(ProviderUnavailableException.class)
        .hasMessage("It is gone. Or choose auto or cpu instead of cuda.");
  }

  /** The real jar, without CUDA as it is built by default. */
  @Test
  void theJarWithoutCudaIsNamedWithItsRemedy() {
    Assumptions.assumeFalse(
        OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA), "built with -Pgpu");

    assertThatThrownBy(() -> ChosenProvider.of(ProviderChoice.CUDA, 0))
        .isInstanceOf(ProviderUnavailableException.class)
        .hasMessageContaining("has no CUDA provider")
        .hasMessageContaining("onnxruntime_gpu");
    assertThat(ChosenProvider.of(ProviderChoice.AUTO, 0).provider())
        .isEqualTo(ExecutionProvider.CPU);
  }

  /** What such a jar says itself must not pass for a session on a GPU. */
  @Test
  void aSessionOnAGpuThatIsNotThereDoesNotOpen() {
    Assumptions.assumeFalse(OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA));
    OnnxGraph graph = new OnnxGraph("nothing", 18);
    String x = graph.input("x", OnnxGraph.Type.FLOAT, "1");
    graph.output("y", graph.node("Relu", x), OnnxGraph.Type.FLOAT, "1");
    byte[] onnx = graph.toBytes(java.util.Map.of());

    assertThatThrownBy(() -> new OnnxSession(onnx, 1, new ExecutionProvider.Cuda(0)))
        .isInstanceOf(OnnxFailedException.class);
  }
}
