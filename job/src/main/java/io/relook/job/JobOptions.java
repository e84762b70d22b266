package io.relook.job;

import io.relook.learning.incremental.ParentTraining;
import io.relook.learning.onnx.ProviderChoice;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/**
 * Every option of the job, once. The table in {@code docs/reference/options.md} is generated from
 * here; keys are public API.
 */
public final class JobOptions {

  public static final ConfigOption<String> KAFKA_BOOTSTRAP_SERVERS =
      ConfigOptions.key("kafka.bootstrap-servers")
          .stringType()
          .noDefaultValue()
          .withDescription("Kafka brokers to connect to first, as host:port,host:port.");

  public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES =
      ConfigOptions.key("kafka.properties")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "Further properties of all Kafka clients, such as security.protocol. Written"
                  + " kafka.properties.NAME=VALUE. Never logged. Secrets only by reference, such as"
                  + " ${file:/path:key} or ${env:VARIABLE}, which the clients resolve.");

  public static final ConfigOption<String> KAFKA_TOPIC_PREFIX =
      ConfigOptions.key("kafka.topic-prefix")
          .stringType()
          .defaultValue("relook.")
          .withDescription("First part of the names of all topics.");

  public static final ConfigOption<String> KAFKA_OUTPUT_TOPIC_PREFIX =
      ConfigOptions.key("kafka.output-topic-prefix")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "First part of the names of the topics that the job alone writes. Default: as"
                  + " kafka.topic-prefix. Give another one to replay the inputs with empty state.");

  public static final ConfigOption<String> KAFKA_TRANSACTIONAL_ID_PREFIX =
      ConfigOptions.key("kafka.transactional-id-prefix")
          .stringType()
          .defaultValue("relook")
          .withDescription(
              "First part of transactional ids and consumer groups. Two jobs on one Kafka cluster"
                  + " need different ones, none of which begins another.");

  public static final ConfigOption<Duration> KAFKA_TRANSACTION_TIMEOUT =
      ConfigOptions.key("kafka.transaction-timeout")
          .durationType()
          .defaultValue(Duration.ofDays(7))
          .withDescription(
              "Longest time the job may be down without losing what it had written. The broker's"
                  + " transaction.max.timeout.ms must be at least as long.");

  public static final ConfigOption<String> S3_ENDPOINT =
      ConfigOptions.key("s3.endpoint")
          .stringType()
          .noDefaultValue()
          .withDescription("Address of the S3 service. Default: that of AWS in s3.region.");

  public static final ConfigOption<String> S3_REGION =
      ConfigOptions.key("s3.region")
          .stringType()
          .defaultValue("us-east-1")
          .withDescription("Region of the S3 service, also used in ARNs.");

  public static final ConfigOption<Boolean> S3_PATH_STYLE_ACCESS =
      ConfigOptions.key("s3.path-style-access")
          .booleanType()
          .defaultValue(false)
          .withDescription("Whether the bucket is named in the path, as most S3 servers want.");

  public static final ConfigOption<String> S3_BUCKET =
      ConfigOptions.key("s3.bucket")
          .stringType()
          .defaultValue("relook")
          .withDescription(
              "relook's own bucket: pictures sent inline, features, manifests, trained models"
                  + " before they are published.");

  public static final ConfigOption<MemorySize> IMAGES_MAX_INLINE_SIZE =
      ConfigOptions.key("images.max-inline-size")
          .memoryType()
          .defaultValue(MemorySize.parse("512kb"))
          .withDescription("Largest picture taken inside a message; larger ones come by location.");

  public static final ConfigOption<MemorySize> IMAGES_MAX_FILE_SIZE =
      ConfigOptions.key("images.max-file-size")
          .memoryType()
          .defaultValue(MemorySize.parse("8mb"))
          .withDescription("Largest encoded picture.");

  public static final ConfigOption<Integer> IMAGES_MIN_SIDE =
      ConfigOptions.key("images.min-side")
          .intType()
          .defaultValue(64)
          .withDescription("Smallest width and height of a picture, in pixels.");

  public static final ConfigOption<Integer> IMAGES_MAX_SIDE =
      ConfigOptions.key("images.max-side")
          .intType()
          .defaultValue(4096)
          .withDescription("Largest width and height of a picture, in pixels.");

  public static final ConfigOption<String> BACKBONE_DESCRIPTOR =
      ConfigOptions.key("backbone.descriptor")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Path of a backbone's descriptor on every task manager. Default: the bundled"
                  + " EfficientNet-Lite0.");

  public static final ConfigOption<Integer> FEATURES_AREA =
      ConfigOptions.key("features.area")
          .intType()
          .defaultValue(256 * 256)
          .withDescription(
              "Area in pixels to which pictures are resized, keeping their aspect, before the"
                  + " backbone. Decides what is stored.");

  public static final ConfigOption<ProviderChoice> ONNX_EXECUTION_PROVIDER =
      ConfigOptions.key("onnx.execution-provider")
          .enumType(ProviderChoice.class)
          .defaultValue(ProviderChoice.CPU)
          .withDescription(
              "What extraction and training compute on: cpu; cuda, which is an error without a"
                  + " usable GPU; auto, a GPU if there is one, else the processor, and says so."
                  + " cuda and auto need the artifact onnxruntime_gpu.");

  public static final ConfigOption<Integer> ONNX_CUDA_DEVICE =
      ConfigOptions.key("onnx.cuda-device")
          .intType()
          .defaultValue(0)
          .withDescription(
              "Index of the CUDA device on every task manager. With gpu.external-resource Flink"
                  + " gives the device.");

  public static final ConfigOption<String> GPU_EXTERNAL_RESOURCE =
      ConfigOptions.key("gpu.external-resource")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Name of Flink's external resource, such as gpu, that slots of extraction and"
                  + " training must have. Default: none, they run in any slot.");

  public static final ConfigOption<Double> GPU_AMOUNT =
      ConfigOptions.key("gpu.amount")
          .doubleType()
          .defaultValue(1.0)
          .withDescription("Devices in one such slot; below 1, slots share a device.");

  public static final ConfigOption<Integer> GPU_PARALLELISM =
      ConfigOptions.key("gpu.parallelism")
          .intType()
          .noDefaultValue()
          .withDescription(
              "Number of such slots: at most the cluster's devices divided by gpu.amount. Default:"
                  + " the job's parallelism.");

  public static final ConfigOption<Double> GPU_SLOT_CPU_CORES =
      ConfigOptions.key("gpu.slot.cpu-cores")
          .doubleType()
          .defaultValue(1.0)
          .withDescription("Processor cores of a slot with a GPU.");

  public static final ConfigOption<MemorySize> GPU_SLOT_HEAP =
      ConfigOptions.key("gpu.slot.heap")
          .memoryType()
          .defaultValue(MemorySize.parse("512mb"))
          .withDescription("Java heap of a slot with a GPU.");

  public static final ConfigOption<MemorySize> GPU_SLOT_OFF_HEAP =
      ConfigOptions.key("gpu.slot.off-heap")
          .memoryType()
          .defaultValue(MemorySize.parse("640mb"))
          .withDescription("Memory outside the heap, for ONNX Runtime, of a slot with a GPU.");

  public static final ConfigOption<Double> PLAIN_SLOT_CPU_CORES =
      ConfigOptions.key("gpu.plain-slot.cpu-cores")
          .doubleType()
          .defaultValue(0.5)
          .withDescription(
              "Processor cores of the other slots. Flink wants the resources of all to be named"
                  + " once some name a GPU.");

  public static final ConfigOption<MemorySize> PLAIN_SLOT_HEAP =
      ConfigOptions.key("gpu.plain-slot.heap")
          .memoryType()
          .defaultValue(MemorySize.parse("384mb"))
          .withDescription("Java heap of the other slots.");

  public static final ConfigOption<MemorySize> PLAIN_SLOT_OFF_HEAP =
      ConfigOptions.key("gpu.plain-slot.off-heap")
          .memoryType()
          .defaultValue(MemorySize.parse("64mb"))
          .withDescription("Memory outside the heap of the other slots.");

  public static final ConfigOption<MemorySize> PLAIN_SLOT_MANAGED =
      ConfigOptions.key("gpu.plain-slot.managed")
          .memoryType()
          .defaultValue(MemorySize.parse("64mb"))
          .withDescription("Memory of RocksDB in the other slots, where the state is.");

  public static final ConfigOption<Integer> EXTRACTION_THREADS =
      ConfigOptions.key("extraction.threads")
          .intType()
          .defaultValue(2)
          .withDescription("Pictures read at the same time in one subtask.");

  public static final ConfigOption<Integer> EXTRACTION_QUEUE =
      ConfigOptions.key("extraction.queue")
          .intType()
          .defaultValue(16)
          .withDescription(
              "Images held by one subtask while they are read, 1 to 32. All are finished before"
                  + " each checkpoint.");

  public static final ConfigOption<Integer> DATASET_WINDOW_TRAIN_IMAGES =
      ConfigOptions.key("dataset.window.train-images")
          .intType()
          .defaultValue(16_000)
          .withDescription("Newest images of the train data set that a training sees.");

  public static final ConfigOption<Integer> DATASET_WINDOW_TEST_IMAGES =
      ConfigOptions.key("dataset.window.test-images")
          .intType()
          .defaultValue(4_000)
          .withDescription("Newest images of the test data set that a training sees.");

  public static final ConfigOption<Duration> DATASET_WINDOW_AGE =
      ConfigOptions.key("dataset.window.age")
          .durationType()
          .noDefaultValue()
          .withDescription(
              "Age beyond which a training does not see an image, by record time. Default: none.");

  public static final ConfigOption<Boolean> DATASET_MINIMUMS =
      ConfigOptions.key("dataset.minimums")
          .booleanType()
          .defaultValue(true)
          .withDescription(
              "Whether a training needs the contract's least numbers of images. Without them a"
                  + " model can be trained from a few good images, then without metrics.");

  public static final ConfigOption<Boolean> DATASET_CLASS_MINIMUMS =
      ConfigOptions.key("dataset.class-minimums")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether a training of images with masks needs the contract's least numbers of images"
                  + " of each defect class (20, or 10 in each of two data sets). relook learns from"
                  + " fewer, so it asks for them only when told to.");

  public static final ConfigOption<MemorySize> DATASET_MANIFEST_MAX_SIZE =
      ConfigOptions.key("dataset.manifest-max-size")
          .memoryType()
          .defaultValue(MemorySize.parse("1gb"))
          .withDescription("Largest manifest that CreateDataset imports.");

  public static final ConfigOption<Duration> ERASURE_DELAY =
      ConfigOptions.key("erasure.delay")
          .durationType()
          .defaultValue(Duration.ofHours(49))
          .withDescription(
              "How long relook keeps its copies and features of a picture after the last image that"
                  + " referred to it has gone. Longer than training.time-limit and"
                  + " testing.time-limit together, for a training may still need them. They are then"
                  + " set aside for an hour, in case the picture is just being sent again, and"
                  + " erased.");

  public static final ConfigOption<Integer> QUOTA_CONCURRENT_TRAININGS =
      ConfigOptions.key("quota.concurrent-trainings")
          .intType()
          .defaultValue(2)
          .withDescription("Trainings that an account may have at the same time.");

  public static final ConfigOption<Integer> QUOTA_REQUESTS_PER_SECOND =
      ConfigOptions.key("quota.requests-per-second")
          .intType()
          .defaultValue(5)
          .withDescription(
              "Requests of one operation that an account may send within a second of record time.");

  public static final ConfigOption<Integer> QUOTA_DEFECT_CLASSES =
      ConfigOptions.key("quota.defect-classes")
          .intType()
          .defaultValue(100)
          .withDescription("Defect classes of a project.");

  public static final ConfigOption<Integer> QUOTA_MASKED_TRAIN_IMAGES =
      ConfigOptions.key("quota.masked-train-images")
          .intType()
          .defaultValue(8_000)
          .withDescription("Newest images that a training sees of a train data set with masks.");

  public static final ConfigOption<Integer> QUOTA_MASKED_TEST_IMAGES =
      ConfigOptions.key("quota.masked-test-images")
          .intType()
          .defaultValue(800)
          .withDescription("Newest images that a training sees of a test data set with masks.");

  public static final ConfigOption<String> ACCESS_POLICY_FILE =
      ConfigOptions.key("access.policy-file")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Path of the policy that says which caller may do which operation on which project,"
                  + " read when the job is submitted. Default: everybody may do everything.");

  public static final ConfigOption<Duration> ACCESS_PROBE_TIMEOUT =
      ConfigOptions.key("access.probe-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription("Longest time for probing the output bucket of a CreateModel.");

  public static final ConfigOption<Duration> ACCESS_PROBE_CACHE =
      ConfigOptions.key("access.probe-cache")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription("How long the result of probing an output bucket holds.");

  public static final ConfigOption<String> S3_KMS_KEY_ID =
      ConfigOptions.key("s3.kms-key-id")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "KMS key under which pictures, masks and features are stored when they arrive."
                  + " Default: as the bucket encrypts by itself.");

  public static final ConfigOption<Duration> TESTING_TIME_LIMIT =
      ConfigOptions.key("testing.time-limit")
          .durationType()
          .defaultValue(Duration.ofHours(24))
          .withDescription("Time after which checking and publishing a trained model fails.");

  public static final ConfigOption<Integer> TRAINING_THREADS =
      ConfigOptions.key("training.threads")
          .intType()
          .defaultValue(1)
          .withDescription("Trainings run at the same time in one subtask; others wait.");

  public static final ConfigOption<Integer> TRAINING_CPU_THREADS =
      ConfigOptions.key("training.cpu-threads")
          .intType()
          .defaultValue(2)
          .withDescription("Processor threads of one training.");

  public static final ConfigOption<Long> TRAINING_SEED =
      ConfigOptions.key("training.seed")
          .longType()
          .defaultValue(42L)
          .withDescription("Seed of everything random in a training.");

  public static final ConfigOption<Integer> TRAINING_REFIT_EVERY =
      ConfigOptions.key("training.refit-every")
          .intType()
          .defaultValue(ParentTraining.DEFAULT_REFIT_EVERY)
          .withDescription(
              "Trainings of a project from one that is from scratch to the next; those between"
                  + " build on the one before. 1 has all of them from scratch.");

  public static final ConfigOption<String> TRAINING_THRESHOLD =
      ConfigOptions.key("training.threshold")
          .stringType()
          .defaultValue("best-f1")
          .withDescription(
              "What a model's threshold is chosen for: best-f1, best-f1=PREVALENCE where another share"
                  + " of images is anomalous than of the training images, as 0.02,"
                  + " max-false-positive-rate=RATE or min-recall=RECALL; from training images that"
                  + " the deciding heads had not seen. With fewer than ten anomalous ones the best"
                  + " F1 cannot be told: the threshold then lies just above the good ones.");

  public static final ConfigOption<Duration> TRAINING_TIME_LIMIT =
      ConfigOptions.key("training.time-limit")
          .durationType()
          .defaultValue(Duration.ofHours(24))
          .withDescription("Time after which a training fails.");

  public static final ConfigOption<Integer> POISON_MAX_CRASHES =
      ConfigOptions.key("poison.max-crashes")
          .intType()
          .defaultValue(3)
          .withDescription(
              "Ends of a task manager's process with the same image in work after which that image is"
                  + " rejected without being decoded.");

  public static final ConfigOption<Integer> POISON_MAX_TRAINING_CRASHES =
      ConfigOptions.key("poison.max-training-crashes")
          .intType()
          .defaultValue(10)
          .withDescription(
              "Ends of a task manager's process in a row with the same training in work, from the"
                  + " second on with it alone, after which that training fails. Well above what kills"
                  + " from outside can hit.");

  public static final ConfigOption<JobConfig.Pipelines> JOB_PIPELINES =
      ConfigOptions.key("job.pipelines")
          .enumType(JobConfig.Pipelines.class)
          .defaultValue(JobConfig.Pipelines.BOTH)
          .withDescription("Which pipelines this job runs: both, or one of them in a job each.");

  public static final ConfigOption<Boolean> JOB_FRESH =
      ConfigOptions.key("job.fresh")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Starts with empty state although there are models already. Needs a"
                  + " kafka.output-topic-prefix whose topics are empty.");

  /** All options, by key. */
  public static final List<ConfigOption<?>> ALL = all();

  private JobOptions() {}

  private static List<ConfigOption<?>> all() {
    return Arrays.stream(JobOptions.class.getFields())
        .filter(field -> ConfigOption.class.isAssignableFrom(field.getType()))
        .<ConfigOption<?>>map(
            field -> {
              try {
                return (ConfigOption<?>) field.get(null);
              } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
              }
            })
        .sorted(Comparator.comparing(ConfigOption::key))
        .toList();
  }
}
