package io.relook.job;

import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.accelerator.GpuSlots;
import io.relook.job.kafka.ClientProperties;
import io.relook.learning.decision.ThresholdGoal;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/** The options of one job, read and judged as a whole. */
public record JobConfig(
    Kafka kafka,
    Store store,
    Images images,
    Optional<String> backboneDescriptor,
    int featuresArea,
    AcceleratorSettings accelerator,
    Optional<GpuSlots> gpuSlots,
    int extractionThreads,
    int extractionQueue,
    Window window,
    boolean minimums,
    boolean classMinimums,
    long maxManifestBytes,
    Quotas quotas,
    Access access,
    Duration erasureDelay,
    Training training,
    int poisonMaxCrashes,
    int poisonMaxTrainingCrashes,
    Pipelines pipelines,
    boolean fresh) {

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

  /** Options of the Kafka clients. */
  public record Kafka(
      String bootstrapServers,
      Map<String, String> properties,
      String topicPrefix,
      String outputTopicPrefix,
      String transactionalIdPrefix,
      Duration transactionTimeout) {

    /** Shows the names of the client properties only: their values can be secrets. */
    @Override
    public String toString() {
      return "Kafka[bootstrapServers="
          + bootstrapServers
          + ", properties="
          + new TreeSet<>(properties.keySet())
          + ", topicPrefix="
          + topicPrefix
          + ", outputTopicPrefix="
          + outputTopicPrefix
          + ", transactionalIdPrefix="
          + transactionalIdPrefix
          + ", transactionTimeout="
          + transactionTimeout
          + "]";
    }
  }

  /** Options of the object store. */
  public record Store(
      Optional<URI> endpoint,
      String region,
      boolean pathStyleAccess,
      String bucket,
      Optional<String> kmsKeyId) {}

  /** Limits of pictures. */
  public record Images(long maxInlineBytes, long maxFileBytes, int minSide, int maxSide) {}

  /**
   * Which images a training sees.
   *
   * @param maxAgeMillis by record time; {@link Long#MAX_VALUE} for any age
   */
  public record Window(int trainImages, int testImages, long maxAgeMillis)
      implements Serializable {}

  /** Greatest numbers that the contract allows, or others. */
  public record Quotas(
      int concurrentTrainings,
      int requestsPerSecond,
      int defectClasses,
      int maskedTrainImages,
      int maskedTestImages) {}

  /** Who may do what, and how output buckets are probed. */
  public record Access(Optional<String> policyFile, Duration probeTimeout, Duration probeCache) {}

  /** Options of trainings. */
  public record Training(
      int threads,
      int cpuThreads,
      long seed,
      int refitEvery,
      Duration timeLimit,
      Duration testingTimeLimit,
      ThresholdGoal threshold) {}

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException naming every unknown key and every value that breaks a rule,
   *     each with the fix
   */
  public static JobConfig from(Map<String, String> given) {
    List<String> problems = new ArrayList<>();
    Set<String> unknown = new TreeSet<>(given.keySet());
    for (ConfigOption<?> option : JobOptions.ALL) {
      unknown.remove(option.key());
    }
    unknown.removeIf(key -> key.startsWith(JobOptions.KAFKA_PROPERTIES.key() + "."));
    if (!unknown.isEmpty()) {
      problems.add(
          "Unknown options "
              + String.join(", ", unknown)
              + ": see docs/reference/options.md for those there are.");
    }
    Configuration options = Configuration.fromMap(given);
    for (ConfigOption<?> option : JobOptions.ALL) {
      try {
        options.getOptional(option);
      } catch (IllegalArgumentException e) {
        problems.add(
            "The value of "
                + option.key()
                + " cannot be read"
                // It may hold a secret.
                + (option.equals(JobOptions.KAFKA_PROPERTIES)
                    ? ": write kafka.properties.NAME=VALUE."
                    : ": " + given.get(option.key()) + ". " + e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    Optional<String> bootstrap = options.getOptional(JobOptions.KAFKA_BOOTSTRAP_SERVERS);
    if (bootstrap.isEmpty()) {
      problems.add("kafka.bootstrap-servers is missing: give it as --kafka.bootstrap-servers.");
    }
    problems.addAll(ClientProperties.problems(options.get(JobOptions.KAFKA_PROPERTIES)));
    atLeast(problems, options, JobOptions.EXTRACTION_THREADS, 1);
    atLeast(problems, options, JobOptions.EXTRACTION_QUEUE, 1);
    if (options.get(JobOptions.EXTRACTION_QUEUE) > 32) {
      problems.add(
          "extraction.queue must be at most 32: every checkpoint waits for what it holds.");
    }
    atLeast(problems, options, JobOptions.TRAINING_THREADS, 1);
    atLeast(problems, options, JobOptions.POISON_MAX_CRASHES, 1);
    atLeast(problems, options, JobOptions.POISON_MAX_TRAINING_CRASHES, 1);
    atLeast(problems, options, JobOptions.TRAINING_CPU_THREADS, 1);
    atLeast(problems, options, JobOptions.TRAINING_REFIT_EVERY, 1);
    atLeast(problems, options, JobOptions.FEATURES_AREA, 32 * 32);
    atLeast(problems, options, JobOptions.ONNX_CUDA_DEVICE, 0);
    if (options.getOptional(JobOptions.GPU_PARALLELISM).isPresent()) {
      atLeast(problems, options, JobOptions.GPU_PARALLELISM, 1);
    }
    for (ConfigOption<Double> positive :
        List.of(
            JobOptions.GPU_AMOUNT,
            JobOptions.GPU_SLOT_CPU_CORES,
            JobOptions.PLAIN_SLOT_CPU_CORES)) {
      if (!(options.get(positive) > 0)) {
        problems.add(
            "The value of %s is %s and must be above 0."
                .formatted(positive.key(), options.get(positive)));
      }
    }
    options
        .getOptional(JobOptions.GPU_EXTERNAL_RESOURCE)
        .filter(name -> !name.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}"))
        .ifPresent(
            name ->
                problems.add(
                    "gpu.external-resource must be the name of an external resource in Flink's"
                        + " configuration, such as gpu: 1 to 64 letters, digits, '_' or '-'."));
    atLeast(problems, options, JobOptions.IMAGES_MIN_SIDE, 1);
    atLeast(problems, options, JobOptions.DATASET_WINDOW_TRAIN_IMAGES, 1);
    atLeast(problems, options, JobOptions.DATASET_WINDOW_TEST_IMAGES, 1);
    for (ConfigOption<Integer> quota :
        List.of(
            JobOptions.QUOTA_CONCURRENT_TRAININGS,
            JobOptions.QUOTA_REQUESTS_PER_SECOND,
            JobOptions.QUOTA_DEFECT_CLASSES,
            JobOptions.QUOTA_MASKED_TRAIN_IMAGES,
            JobOptions.QUOTA_MASKED_TEST_IMAGES)) {
      atLeast(problems, options, quota, 1);
    }
    if (options
            .get(JobOptions.ERASURE_DELAY)
            .compareTo(
                options
                    .get(JobOptions.TRAINING_TIME_LIMIT)
                    .plus(options.get(JobOptions.TESTING_TIME_LIMIT)))
        < 0) {
      problems.add(
          "erasure.delay must not be shorter than training.time-limit and testing.time-limit"
              + " together: a training may still need what is erased.");
    }
    try {
      ThresholdGoal.parse(options.get(JobOptions.TRAINING_THRESHOLD));
    } catch (IllegalArgumentException e) {
      problems.add(
          "training.threshold cannot be "
              + options.get(JobOptions.TRAINING_THRESHOLD)
              + ": "
              + e.getMessage());
    }
    if (options.get(JobOptions.IMAGES_MAX_SIDE) < options.get(JobOptions.IMAGES_MIN_SIDE)) {
      problems.add("images.max-side must not be smaller than images.min-side.");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    String prefix = options.get(JobOptions.KAFKA_TOPIC_PREFIX);
    return new JobConfig(
        new Kafka(
            bootstrap.orElseThrow(),
            ClientProperties.withProviders(options.get(JobOptions.KAFKA_PROPERTIES)),
            prefix,
            options.getOptional(JobOptions.KAFKA_OUTPUT_TOPIC_PREFIX).orElse(prefix),
            options.get(JobOptions.KAFKA_TRANSACTIONAL_ID_PREFIX),
            options.get(JobOptions.KAFKA_TRANSACTION_TIMEOUT)),
        new Store(
            options.getOptional(JobOptions.S3_ENDPOINT).map(URI::create),
            options.get(JobOptions.S3_REGION),
            options.get(JobOptions.S3_PATH_STYLE_ACCESS),
            options.get(JobOptions.S3_BUCKET),
            options.getOptional(JobOptions.S3_KMS_KEY_ID)),
        new Images(
            options.get(JobOptions.IMAGES_MAX_INLINE_SIZE).getBytes(),
            options.get(JobOptions.IMAGES_MAX_FILE_SIZE).getBytes(),
            options.get(JobOptions.IMAGES_MIN_SIDE),
            options.get(JobOptions.IMAGES_MAX_SIDE)),
        options.getOptional(JobOptions.BACKBONE_DESCRIPTOR),
        options.get(JobOptions.FEATURES_AREA),
        new AcceleratorSettings(
            options.get(JobOptions.ONNX_EXECUTION_PROVIDER),
            options.get(JobOptions.ONNX_CUDA_DEVICE),
            options.get(JobOptions.GPU_EXTERNAL_RESOURCE)),
        options.getOptional(JobOptions.GPU_EXTERNAL_RESOURCE).map(name -> gpuSlots(name, options)),
        options.get(JobOptions.EXTRACTION_THREADS),
        options.get(JobOptions.EXTRACTION_QUEUE),
        new Window(
            options.get(JobOptions.DATASET_WINDOW_TRAIN_IMAGES),
            options.get(JobOptions.DATASET_WINDOW_TEST_IMAGES),
            options
                .getOptional(JobOptions.DATASET_WINDOW_AGE)
                .map(Duration::toMillis)
                .orElse(Long.MAX_VALUE)),
        options.get(JobOptions.DATASET_MINIMUMS),
        options.get(JobOptions.DATASET_CLASS_MINIMUMS),
        options.get(JobOptions.DATASET_MANIFEST_MAX_SIZE).getBytes(),
        new Quotas(
            options.get(JobOptions.QUOTA_CONCURRENT_TRAININGS),
            options.get(JobOptions.QUOTA_REQUESTS_PER_SECOND),
            options.get(JobOptions.QUOTA_DEFECT_CLASSES),
            options.get(JobOptions.QUOTA_MASKED_TRAIN_IMAGES),
            options.get(JobOptions.QUOTA_MASKED_TEST_IMAGES)),
        new Access(
            options.getOptional(JobOptions.ACCESS_POLICY_FILE),
            options.get(JobOptions.ACCESS_PROBE_TIMEOUT),
            options.get(JobOptions.ACCESS_PROBE_CACHE)),
        options.get(JobOptions.ERASURE_DELAY),
        new Training(
            options.get(JobOptions.TRAINING_THREADS),
            options.get(JobOptions.TRAINING_CPU_THREADS),
            options.get(JobOptions.TRAINING_SEED),
            options.get(JobOptions.TRAINING_REFIT_EVERY),
            options.get(JobOptions.TRAINING_TIME_LIMIT),
            options.get(JobOptions.TESTING_TIME_LIMIT),
            ThresholdGoal.parse(options.get(JobOptions.TRAINING_THRESHOLD))),
        options.get(JobOptions.POISON_MAX_CRASHES),
        options.get(JobOptions.POISON_MAX_TRAINING_CRASHES),
        options.get(JobOptions.JOB_PIPELINES),
        options.get(JobOptions.JOB_FRESH));
  }

  /** The options as lines {@code key=value} for the log, client properties left out. */
  public static String effective(Map<String, String> given) {
    Configuration options = Configuration.fromMap(given);
    TreeMap<String, String> lines = new TreeMap<>();
    for (ConfigOption<?> option : JobOptions.ALL) {
      if (option.equals(JobOptions.KAFKA_PROPERTIES)) {
        Set<String> names = options.get(JobOptions.KAFKA_PROPERTIES).keySet();
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

  private static GpuSlots gpuSlots(String name, Configuration options) {
    return new GpuSlots(
        name,
        options.get(JobOptions.GPU_AMOUNT),
        options.getOptional(JobOptions.GPU_PARALLELISM).orElse(0),
        new GpuSlots.Slot(
            options.get(JobOptions.GPU_SLOT_CPU_CORES),
            options.get(JobOptions.GPU_SLOT_HEAP),
            options.get(JobOptions.GPU_SLOT_OFF_HEAP),
            MemorySize.ZERO),
        new GpuSlots.Slot(
            options.get(JobOptions.PLAIN_SLOT_CPU_CORES),
            options.get(JobOptions.PLAIN_SLOT_HEAP),
            options.get(JobOptions.PLAIN_SLOT_OFF_HEAP),
            options.get(JobOptions.PLAIN_SLOT_MANAGED)));
  }

  private static void atLeast(
      List<String> problems, Configuration options, ConfigOption<Integer> option, int least) {
    if (options.get(option) < least) {
      problems.add(option.key() + " must be at least " + least + ".");
    }
  }
}
