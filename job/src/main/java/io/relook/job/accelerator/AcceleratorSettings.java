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
 * What tasks are to compute on; opened where they run.
 *
 * @param device CUDA device when no external resource gives one
 * @param externalResource Flink's external resource that gives each task manager its devices; null
 *     when the job asks for none
 */
public record AcceleratorSettings(
    ProviderChoice choice, int device, @Nullable String externalResource) implements Serializable {

  private static final Logger LOG = LoggerFactory.getLogger(AcceleratorSettings.class);

  /** What Flink calls the property of a device that GPUDriver gives. */
  private static final String INDEX = "index";

  /** The processor alone. */
  public static final AcceleratorSettings CPU =
      new AcceleratorSettings(ProviderChoice.CPU, 0, null);

  /**
   * Finds the task's device and tries it out where one is asked for.
   *
   * @throws IllegalStateException when the task manager has no device of the external resource
   * @throws SuppressRestartsException when CUDA is asked for and could not be used from the start,
   *     which no restart would change
   * @throws ProviderUnavailableException when it could be used before: a GPU may come back
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
   * What a task fails with that finds no GPU. Its first attempt is the start of the job, or a job
   * manager's that took over: then it is the configuration. Each later one follows a run in which
   * the task may have had its GPU, and tries again as after any other failure of the world.
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
