package io.relook.learning.onnx;

import java.util.Optional;

/**
 * The execution provider that was chosen.
 *
 * @param fallback why {@link ProviderChoice#AUTO} chose the processor; empty where it did not
 */
public record ChosenProvider(ExecutionProvider provider, Optional<String> fallback) {

  /**
   * Chooses; unless the choice is the processor, it first computes something on the GPU.
   *
   * @param device the CUDA device to use; ignored for {@link ProviderChoice#CPU}
   * @throws ProviderUnavailableException if {@link ProviderChoice#CUDA} is chosen and no GPU can be
   *     used; the message names the fix
   */
  public static ChosenProvider of(ProviderChoice choice, int device) {
    return of(choice, device, CudaProbe::obstacle);
  }

  static ChosenProvider of(ProviderChoice choice, int device, Probe probe) {
    if (choice == ProviderChoice.CPU) {
      return new ChosenProvider(ExecutionProvider.CPU, Optional.empty());
    }
    ExecutionProvider.Cuda cuda = new ExecutionProvider.Cuda(device);
    Optional<String> obstacle = probe.obstacle(cuda);
    if (obstacle.isEmpty()) {
      return new ChosenProvider(cuda, Optional.empty());
    }
    if (choice == ProviderChoice.CUDA) {
      throw new ProviderUnavailableException(
          obstacle.get() + " Or choose auto or cpu instead of cuda.");
    }
    return new ChosenProvider(ExecutionProvider.CPU, obstacle);
  }

  /** Says why a GPU cannot be used, if it cannot. */
  @FunctionalInterface
  interface Probe {
    Optional<String> obstacle(ExecutionProvider.Cuda cuda);
  }
}
