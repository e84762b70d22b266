package io.relook.job;

import io.relook.job.accelerator.AcceleratorOptions;
import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.accelerator.GpuSlots;
import io.relook.job.access.AccessOptions;
import io.relook.job.dataset.DatasetOptions;
import io.relook.job.dataset.DatasetSettings;
import io.relook.job.domain.ImageLimits;
import io.relook.job.domain.ImageOptions;
import io.relook.job.domain.Partitioning;
import io.relook.job.extraction.ExtractionOptions;
import io.relook.job.features.FeatureOptions;
import io.relook.job.importing.ImportOptions;
import io.relook.job.importing.ImportSettings;
import io.relook.job.kafka.KafkaOptions;
import io.relook.job.kafka.KafkaSettings;
import io.relook.job.options.OptionReader;
import io.relook.job.probe.ProbeOptions;
import io.relook.job.probe.ProbeSettings;
import io.relook.job.publication.PublicationOptions;
import io.relook.job.quarantine.QuarantineOptions;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.registry.RegistryOptions;
import io.relook.job.retry.RetryOptions;
import io.relook.job.s3.OwnBucket;
import io.relook.job.s3.S3Options;
import io.relook.job.signing.MarkerSettings;
import io.relook.job.signing.SigningOptions;
import io.relook.job.training.TrainingJobSettings;
import io.relook.job.training.TrainingOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.TimeUtils;

/**
 * The options of one job, read stage by stage and checked as a whole.
 *
 * @param start which pipelines the job runs, and how it may start
 * @param kafka how it talks to Kafka
 * @param region region that appears in ARNs
 * @param bucket relook's own bucket
 * @param quarantine when messages and trainings go into quarantine
 * @param trust what the job believes, and what callers may do
 * @param control options of the control pipeline
 * @param data options of the data pipeline
 */
public record JobConfig(
    Start start,
    KafkaSettings kafka,
    String region,
    OwnBucket bucket,
    QuarantineSettings quarantine,
    Trust trust,
    Control control,
    Data data) {

  /** Which pipelines a job runs. */
  public enum Pipelines {
    BOTH,
    CONTROL,
    DATA;

    boolean control() {
      return this != DATA;
    }

    boolean data() {
      return this != CONTROL;
    }
  }

  /**
   * How a job starts.
   *
   * @param pipelines which pipelines it runs
   * @param fresh whether it may start with empty state although models exist
   */
  public record Start(Pipelines pipelines, boolean fresh) {}

  /**
   * What the job believes, and what callers may do.
   *
   * @param policyFile path of the access policy; without one everybody may do everything
   * @param markers how cut markers are signed and verified
   */
  public record Trust(Optional<String> policyFile, MarkerSettings markers) {}

  /**
   * Options of the control pipeline.
   *
   * @param partitioning which partitions cuts are written into
   */
  public record Control(
      RegistryOptions.Quotas quotas, ProbeSettings probe, Partitioning partitioning) {}

  /**
   * Options of the data pipeline.
   *
   * @param unavailableFor time after which an image that cannot be read is rejected
   * @param testingTimeLimit time after which checking and publishing a trained model fails
   */
  public record Data(
      ImageLimits images,
      Duration unavailableFor,
      ExtractionOptions.Concurrency extraction,
      Optional<GpuSlots> gpuSlots,
      DatasetSettings dataset,
      ImportSettings imports,
      TrainingJobSettings training,
      Duration testingTimeLimit) {}

  /** Which pipelines the job runs. */
  public Pipelines pipelines() {
    return start.pipelines();
  }

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException with every unknown key and every value that breaks a rule,
   *     each with the fix
   */
  public static JobConfig from(Map<String, String> given) {
    OptionReader options = OptionReader.of(given, JobOptions.ALL, KafkaOptions.KAFKA_PROPERTIES);
    OwnBucket bucket = S3Options.read(options);
    Pipelines pipelines = options.get(JobOptions.JOB_PIPELINES);
    JobConfig config =
        new JobConfig(
            new Start(pipelines, options.get(JobOptions.JOB_FRESH)),
            KafkaOptions.read(options),
            S3Options.region(options),
            bucket,
            QuarantineOptions.read(options, bucket),
            new Trust(AccessOptions.read(options), SigningOptions.read(options, pipelines.data())),
            new Control(
                RegistryOptions.read(options),
                ProbeOptions.read(options, bucket.store()),
                ImageOptions.partitioning(options)),
            data(options, bucket));
    options.finish();
    return config;
  }

  private static Data data(OptionReader options, OwnBucket bucket) {
    ImageLimits images = ImageOptions.read(options);
    AcceleratorSettings accelerator = AcceleratorOptions.read(options);
    DatasetSettings dataset =
        DatasetOptions.read(options, S3Options.region(options), bucket.name());
    TrainingJobSettings training =
        TrainingOptions.read(
            options,
            bucket,
            FeatureOptions.read(options).withSignificantBits(images.pictures().significantBits()),
            accelerator,
            images.pictures());
    Duration testingTimeLimit = PublicationOptions.read(options);
    Duration erasureDelay = Duration.ofMillis(dataset.erasureDelayMillis());
    Duration limits = training.timeLimit().plus(testingTimeLimit);
    options.require(
        erasureDelay.compareTo(limits) >= 0,
        "erasure.delay is "
            + TimeUtils.formatWithHighestUnit(erasureDelay)
            + ": it must not be shorter than training.time-limit and testing.time-limit together ("
            + TimeUtils.formatWithHighestUnit(limits)
            + "), because a training may still need what is erased.");
    return new Data(
        images,
        RetryOptions.read(options),
        ExtractionOptions.read(options),
        AcceleratorOptions.readSlots(options),
        dataset,
        ImportOptions.read(
            options, bucket, dataset.window().trainImages(), dataset.window().testImages()),
        training,
        testingTimeLimit);
  }

  /** The options as lines {@code key=value} for the log, without values of client properties. */
  public static String effective(Map<String, String> given) {
    Configuration options = Configuration.fromMap(given);
    TreeMap<String, String> lines = new TreeMap<>();
    for (ConfigOption<?> option : JobOptions.ALL) {
      if (option.equals(KafkaOptions.KAFKA_PROPERTIES)) {
        Set<String> names = options.get(KafkaOptions.KAFKA_PROPERTIES).keySet();
        lines.put(
            option.key(), names.isEmpty() ? "none" : "(values hidden) " + new TreeSet<>(names));
      } else {
        lines.put(
            option.key(),
            Optional.<Object>ofNullable(options.get(option))
                .map(String::valueOf)
                .orElse("not given"));
      }
    }
    return lines.entrySet().stream()
        .map(entry -> "  " + entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining("\n"));
  }
}
