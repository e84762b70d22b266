package io.relook.job;

import io.relook.job.accelerator.AcceleratorOptions;
import io.relook.job.access.AccessOptions;
import io.relook.job.dataset.DatasetOptions;
import io.relook.job.domain.ImageOptions;
import io.relook.job.extraction.ExtractionOptions;
import io.relook.job.features.FeatureOptions;
import io.relook.job.importing.ImportOptions;
import io.relook.job.kafka.KafkaOptions;
import io.relook.job.probe.ProbeOptions;
import io.relook.job.publication.PublicationOptions;
import io.relook.job.quarantine.QuarantineOptions;
import io.relook.job.registry.RegistryOptions;
import io.relook.job.retry.RetryOptions;
import io.relook.job.s3.S3Options;
import io.relook.job.signing.SigningOptions;
import io.relook.job.training.TrainingOptions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/**
 * Every option of the job: those of its stages, which their {@code …Options} classes define, and
 * those of the job as a whole. {@code docs/reference/options.md} is generated from here; keys are
 * public API.
 */
public final class JobOptions {

  public static final ConfigOption<JobConfig.Pipelines> JOB_PIPELINES =
      ConfigOptions.key("job.pipelines")
          .enumType(JobConfig.Pipelines.class)
          .defaultValue(JobConfig.Pipelines.BOTH)
          .withDescription(
              "Which pipelines this job runs: both, control or data. With control and data, two"
                  + " jobs run side by side.");

  public static final ConfigOption<Boolean> JOB_FRESH =
      ConfigOptions.key("job.fresh")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether the job may start with empty state although models exist. Needs a"
                  + " kafka.output-topic-prefix whose topics are empty.");

  private static final List<Class<?>> OWNERS =
      List.of(
          JobOptions.class,
          KafkaOptions.class,
          S3Options.class,
          ImageOptions.class,
          FeatureOptions.class,
          AcceleratorOptions.class,
          QuarantineOptions.class,
          AccessOptions.class,
          SigningOptions.class,
          ProbeOptions.class,
          RegistryOptions.class,
          ExtractionOptions.class,
          RetryOptions.class,
          DatasetOptions.class,
          ImportOptions.class,
          TrainingOptions.class,
          PublicationOptions.class);

  /** All options, by key. */
  public static final List<ConfigOption<?>> ALL =
      OWNERS.stream()
          .flatMap(JobOptions::of)
          .sorted(Comparator.comparing(ConfigOption::key))
          .toList();

  private JobOptions() {}

  private static Stream<ConfigOption<?>> of(Class<?> owner) {
    return Arrays.stream(owner.getFields())
        .filter(field -> ConfigOption.class.isAssignableFrom(field.getType()))
        .map(
            field -> {
              try {
                return (ConfigOption<?>) field.get(null);
              } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
              }
            });
  }
}
