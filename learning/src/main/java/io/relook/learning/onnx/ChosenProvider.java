package io.relook.learning.onnx;

import java.util.Optional;

/**
 * What ONNX Runtime computes on, and why not on what was wished for.
 *
 * @param fallback why {@link ProviderChoice#AUTO} found no GPU to use; empty when nothing was given
 *     up
 */
public record ChosenProvider(ExecutionProvider provider, Optional<String> fallback) {

  /**
   * Tries a GPU out where one is asked for.
   *
   * @param device the CUDA device to use; not looked at for {@link ProviderChoice#CPU}
   * @throws ProviderUnavailableException when {@link ProviderChoice#CUDA} cannot be had, with what
   *     to do
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
