package io.relook.job.accelerator;

import io.relook.learning.onnx.ExecutionProvider;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * What one task computes on.
 *
 * @param provider execution provider of the model graphs
 * @param device device of the external resource that the task got, whether it computes on it or not
 * @param fallback why the task does not use a GPU although one was looked for; empty otherwise
 */
public record Accelerator(
    ExecutionProvider provider, OptionalInt device, Optional<String> fallback) {

  /** Name of the gauge that says what a task computes on. */
  public static final String PROVIDER_GAUGE = "executionProvider";

  /** Name of the gauge with the device of the external resource that a task has; -1 for none. */
  public static final String DEVICE_GAUGE = "gpuDevice";

  void registerWith(MetricGroup metrics) {
    metrics.gauge(PROVIDER_GAUGE, (Gauge<String>) provider::id);
    metrics.gauge(DEVICE_GAUGE, (Gauge<Integer>) () -> device.orElse(-1));
  }
}
