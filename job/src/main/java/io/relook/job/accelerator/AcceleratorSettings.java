package io.relook.job.accelerator;

import io.relook.learning.onnx.ChosenProvider;
import io.relook.learning.onnx.ProviderChoice;
import io.relook.learning.onnx.ProviderUnavailableException;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What tasks should compute on; opened in the task.
 *
 * @param choice execution provider that the options ask for
 * @param device CUDA device when no external resource gives one
 * @param externalResource Flink's external resource that gives each task manager its devices; null
 *     when the job asks for none
 */
public record AcceleratorSettings(
    ProviderChoice choice, int device, @Nullable String externalResource) implements Serializable {

  private static final Logger LOG = LoggerFactory.getLogger(AcceleratorSettings.class);

  /** Flink's name of the property that holds the index of a device. */
  private static final String INDEX = "index";

  /** Computes on the processor. */
  public static final AcceleratorSettings CPU =
      new AcceleratorSettings(ProviderChoice.CPU, 0, null);

  /**
   * Finds the task's device and tests it if the options ask for a GPU.
   *
   * @throws IllegalStateException when the task manager has no device of the external resource
   * @throws SuppressRestartsException when CUDA is required and cannot be used at the first
   *     attempt; a restart would not help
   * @throws ProviderUnavailableException when CUDA is required and cannot be used at a later
   *     attempt; the GPU may come back
   */
  public Accelerator open(RuntimeContext context) {
    OptionalInt assigned = assigned(context);
    ChosenProvider chosen;
    try {
      chosen = ChosenProvider.of(choice, assigned.orElse(device));
    } catch (ProviderUnavailableException e) {
      throw failure(e, context.getTaskInfo().getAttemptNumber());
    }
    Accelerator accelerator = new Accelerator(chosen.provider(), assigned, chosen.fallback());
    String task = context.getTaskInfo().getTaskNameWithSubtasks();
    LOG.info(
        "{} computes on {} ({} was asked for, device of the slot: {})",
        task,
        chosen.provider(),
        choice.name().toLowerCase(Locale.ROOT),
        assigned.isPresent() ? assigned.getAsInt() : "none");
    chosen.fallback().ifPresent(why -> LOG.warn("{} computes on the processor: {}", task, why));
    accelerator.registerWith(context.getMetricGroup());
    return accelerator;
  }

  /**
   * The exception of a task that finds no GPU. At the first attempt the job starts, or another job
   * manager has taken over: then the configuration is wrong. Before a later attempt the task may
   * have had its GPU, so the job restarts as after any other outside failure.
   */
  static RuntimeException failure(ProviderUnavailableException unavailable, int attempt) {
    return attempt == 0 ? new SuppressRestartsException(unavailable) : unavailable;
  }

  private OptionalInt assigned(RuntimeContext context) {
    if (externalResource == null) {
      return OptionalInt.empty();
    }
    List<String> indices =
        context.getExternalResourceInfos(externalResource).stream()
            .map(info -> info.getProperty(INDEX).orElse(""))
            .toList();
    return OptionalInt.of(
        DeviceIndex.of(
            Objects.requireNonNull(externalResource),
            indices,
            context.getTaskInfo().getIndexOfThisSubtask()));
  }
}
