package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.accelerator.GpuSlots;
import io.relook.job.dataset.DatasetSettings;
import io.relook.job.domain.ImageLimits;
import io.relook.job.domain.Partitioning;
import io.relook.job.extraction.ExtractionOptions;
import io.relook.job.features.FeatureSettings;
import io.relook.job.importing.ImportSettings;
import io.relook.job.kafka.KafkaOptions;
import io.relook.job.kafka.KafkaSettings;
import io.relook.job.probe.ProbeSettings;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.registry.RegistryOptions;
import io.relook.job.s3.OwnBucket;
import io.relook.job.s3.S3Settings;
import io.relook.job.signing.KeyReference;
import io.relook.job.signing.MarkerSettings;
import io.relook.job.signing.SigningSettings;
import io.relook.job.signing.VerificationSettings;
import io.relook.job.training.TrainingJobSettings;
import io.relook.learning.decision.ThresholdGoal;
import io.relook.learning.onnx.ProviderChoice;
import io.relook.learning.picture.PictureLimits;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobConfigTest {
  private static final Map<String, String> LEAST =
      Map.of(
          "kafka.bootstrap-servers",
          "k:9092",
          "markers.signing-key",
          "a:${file:/signing.pem}",
          "markers.verify-keys",
          "a:${file:/verify.pem}");

  /** Every key but kafka.properties, whose keys are the clients', at another value than default. */
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("kafka.bootstrap-servers", "a:1,b:2"),
          Map.entry("kafka.topic-prefix", "in."),
          Map.entry("kafka.output-topic-prefix", "out."),
          Map.entry("kafka.transactional-id-prefix", "mine"),
          Map.entry("kafka.transaction-timeout", "3 h"),
          Map.entry("s3.endpoint", "http://127.0.0.1:9000"),
          Map.entry("s3.region", "eu-central-1"),
          Map.entry("s3.path-style-access", "true"),
          Map.entry("s3.bucket", "bucket"),
          Map.entry("markers.signing-key", "b:${env:KEY}"),
          Map.entry("markers.verify-keys", "a:${file:/a.pem};b:${env:B}"),
          Map.entry("markers.unsigned-until", "2026-12-01T09:00:00Z"),
          Map.entry("images.max-inline-size", "100kb"),
          Map.entry("images.max-file-size", "1mb"),
          Map.entry("images.min-side", "10"),
          Map.entry("images.max-side", "20"),
          Map.entry("images.significant-bits", "12"),
          Map.entry("images.refuse-damaged", "true"),
          Map.entry("images.partitioning", "by-key"),
          Map.entry("backbone.descriptor", "/backbone.json"),
          Map.entry("features.area", "16384"),
          Map.entry("images.unavailable-for", "21 min"),
          Map.entry("extraction.threads", "3"),
          Map.entry("extraction.queue", "4"),
          Map.entry("extraction.memory", "100 mb"),
          Map.entry("dataset.window.train-images", "5"),
          Map.entry("dataset.window.test-images", "6"),
          Map.entry("dataset.window.age", "7 d"),
          Map.entry("dataset.minimums", "false"),
          Map.entry("dataset.class-minimums", "true"),
          Map.entry("dataset.manifest-max-size", "2mb"),
          Map.entry("quota.concurrent-trainings", "12"),
          Map.entry("quota.requests-per-second", "13"),
          Map.entry("quota.defect-classes", "14"),
          Map.entry("quota.masked-train-images", "15"),
          Map.entry("quota.masked-test-images", "16"),
          Map.entry("access.policy-file", "/policy.json"),
          Map.entry("access.probe-timeout", "17 s"),
          Map.entry("access.probe-cache", "18 s"),
          Map.entry("erasure.delay", "50 h"),
          Map.entry("s3.kms-key-id", "alias/relook"),
          Map.entry("testing.time-limit", "19 min"),
          Map.entry("training.threads", "8"),
          Map.entry("training.cpu-threads", "9"),
          Map.entry("onnx.execution-provider", "auto"),
          Map.entry("onnx.cuda-device", "20"),
          Map.entry("gpu.external-resource", "fpga"),
          Map.entry("gpu.amount", "0.5"),
          Map.entry("gpu.parallelism", "21"),
          Map.entry("gpu.slot.cpu-cores", "2.5"),
          Map.entry("gpu.slot.heap", "22 mb"),
          Map.entry("gpu.slot.off-heap", "23 mb"),
          Map.entry("gpu.plain-slot.cpu-cores", "3.5"),
          Map.entry("gpu.plain-slot.heap", "24 mb"),
          Map.entry("gpu.plain-slot.off-heap", "25 mb"),
          Map.entry("gpu.plain-slot.managed", "26 mb"),
          Map.entry("training.seed", "10"),
          Map.entry("training.refit-every", "20"),
          Map.entry("training.threshold", "min-recall=0.9"),
          Map.entry("training.time-limit", "11 min"),
          Map.entry("poison.max-crashes", "20"),
          Map.entry("poison.max-training-crashes", "21"),
          Map.entry("job.pipelines", "data"),
          Map.entry("job.fresh", "true"));

  @Test
  void everyOptionArrives() {
    Map<String, String> given = new HashMap<>(OTHERS);
    given.put("kafka.properties.security.protocol", "SSL");

    S3Settings store = new S3Settings(URI.create("http://127.0.0.1:9000"), "eu-central-1", true);
    OwnBucket bucket = new OwnBucket(store, "bucket", "alias/relook");
    PictureLimits pictures = new PictureLimits(1024 * 1024, 10, 20, 12, true);
    assertThat(JobConfig.from(given))
        .isEqualTo(
            new JobConfig(
                new JobConfig.Start(JobConfig.Pipelines.DATA, true),
                new KafkaSettings(
                    "a:1,b:2",
                    Map.of("security.protocol", "SSL"),
                    "in.",
                    "out.",
                    "mine",
                    Duration.ofHours(3)),
                "eu-central-1",
                bucket,
                new QuarantineSettings(bucket, 20, 21),
                new JobConfig.Trust(
                    Optional.of("/policy.json"),
                    new MarkerSettings(
                        Optional.of(
                            new SigningSettings(
                                new KeyReference("b", "env", "KEY"),
                                List.of(
                                    new KeyReference("a", "file", "/a.pem"),
                                    new KeyReference("b", "env", "B")))),
                        Optional.of(
                            new VerificationSettings(
                                List.of(
                                    new KeyReference("a", "file", "/a.pem"),
                                    new KeyReference("b", "env", "B")),
                                Instant.parse("2026-12-01T09:00:00Z").toEpochMilli())))),
                new JobConfig.Control(
                    new RegistryOptions.Quotas(12, 13),
                    new ProbeSettings(store, Duration.ofSeconds(17), Duration.ofSeconds(18)),
                    Partitioning.BY_KEY),
                new JobConfig.Data(
                    new ImageLimits(100 * 1024, pictures, Partitioning.BY_KEY),
                    Duration.ofMinutes(21),
                    new ExtractionOptions.Concurrency(3, 4, 100L << 20),
                    Optional.of(slots()),
                    new DatasetSettings(
                        new DatasetSettings.Window(5, 6, Duration.ofDays(7).toMillis()),
                        false,
                        true,
                        new DatasetSettings.Quotas(14, 15, 16),
                        "eu-central-1",
                        "bucket",
                        Duration.ofHours(50).toMillis()),
                    new ImportSettings(bucket, 2 * 1024 * 1024, 5, 6),
                    new TrainingJobSettings(
                        bucket,
                        new FeatureSettings("/backbone.json", 16384, 12),
                        new AcceleratorSettings(ProviderChoice.AUTO, 20, "fpga"),
                        pictures,
                        new TrainingJobSettings.Concurrency(8, 9),
                        new TrainingJobSettings.Fit(10, 20, new ThresholdGoal.MinRecall(0.9)),
                        Duration.ofMinutes(11)),
                    Duration.ofMinutes(19))));
  }

  private static GpuSlots slots() {
    return new GpuSlots(
        "fpga",
        0.5,
        21,
        new GpuSlots.Slot(
            2.5, MemorySize.ofMebiBytes(22), MemorySize.ofMebiBytes(23), MemorySize.ZERO),
        new GpuSlots.Slot(
            3.5,
            MemorySize.ofMebiBytes(24),
            MemorySize.ofMebiBytes(25),
            MemorySize.ofMebiBytes(26)));
  }

  @Test
  void theTestOfEveryOptionKnowsEveryOption() {
    assertThat(JobOptions.ALL.stream().map(ConfigOption::key))
        .containsExactlyInAnyOrderElementsOf(
            concat(OTHERS.keySet(), KafkaOptions.KAFKA_PROPERTIES.key()));
  }

  @Test
  void everyOptionOfTheTestDiffersFromItsDefault() {
    JobConfig defaults = JobConfig.from(LEAST);
    OTHERS.forEach(
        (key, value) -> {
          Map<String, String> given = new HashMap<>(LEAST);
          given.put("images.min-side", "1");
          // Its other options say nothing without it.
          if (key.startsWith("gpu.") && !key.equals("gpu.external-resource")) {
            given.put("gpu.external-resource", "gpu");
          }
          JobConfig without = JobConfig.from(given);
          given.put(key, value);
          assertThat(JobConfig.from(given)).as(key).isNotEqualTo(without);
        });
    assertThat(defaults.kafka().outputTopicPrefix()).isEqualTo("relook.");
  }

  @Test
  void keysAreUnique() {
    assertThat(JobOptions.ALL).extracting(ConfigOption::key).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void outputsAreNamedAsInputsByDefault() {
    Map<String, String> given = new HashMap<>(LEAST);
    given.put("kafka.topic-prefix", "mine.");

    assertThat(JobConfig.from(given).kafka().outputTopicPrefix()).isEqualTo("mine.");
  }

  @Test
  void unknownOptionsAreAllNamed() {
    Map<String, String> given = new HashMap<>(LEAST);
    given.put("s3.bukket", "x");
    given.put("job.frish", "true");

    assertThatThrownBy(() -> JobConfig.from(given))
        .hasMessage(
            "Unknown options job.frish, s3.bukket: docs/reference/options.md lists all options.");
  }

  @Test
  void theBrokersAreNeeded() {
    Map<String, String> given = new HashMap<>(LEAST);
    given.remove("kafka.bootstrap-servers");
    assertThatThrownBy(() -> JobConfig.from(given))
        .hasMessage("kafka.bootstrap-servers is missing: give it as --kafka.bootstrap-servers.");
  }

  @Test
  void eachPipelineNeedsItsKeys() {
    Map<String, String> none = Map.of("kafka.bootstrap-servers", "k:9092");
    String signing = "markers.signing-key is missing";
    String verify = "markers.verify-keys is missing";
    assertThatThrownBy(() -> JobConfig.from(none)).hasMessageContainingAll(signing, verify);
    assertThatThrownBy(() -> JobConfig.from(with(none, "job.pipelines", "control")))
        .hasMessageContaining(signing)
        .hasMessageNotContaining(verify);
    assertThatThrownBy(() -> JobConfig.from(with(none, "job.pipelines", "data")))
        .hasMessageContainingAll(signing, verify);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN PRIVATE KEY-----SECRET",
        "SECRET",
        "a:SECRET",
        "a:${vault:SECRET}",
        ":${env:SECRET}",
        "a b:${file:/SECRET}",
        "${file:/SECRET}"
      })
  void aKeyIsGivenByReferenceAndNeverShown(String value) {
    for (String option : List.of("markers.signing-key", "markers.verify-keys")) {
      assertThatThrownBy(() -> JobConfig.from(with(LEAST, option, value)))
          .hasMessageStartingWith(option + " does not refer to a key: write KEY-ID:${file:")
          .hasMessageNotContaining("SECRET");
    }
  }

  private static Map<String, String> with(Map<String, String> given, String key, String value) {
    Map<String, String> more = new HashMap<>(given);
    more.put(key, value);
    return more;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "images.unavailable-for|59 s|images.unavailable-for is 59 s: it must be 1 min to 7 d, because"
            + " the message must be in its topic when the image is tried again.",
        "images.unavailable-for|8 d|images.unavailable-for is 8 d: it must be 1 min to 7 d, because"
            + " the message must be in its topic when the image is tried again.",
        "extraction.threads|0|extraction.threads is 0: it must be at least 1.",
        "extraction.queue|0|extraction.queue is 0: it must be at least 1.",
        "extraction.queue|33|extraction.queue is 33: it must be at most 32, because every"
            + " checkpoint waits for the whole queue.",
        "training.threads|0|training.threads is 0: it must be at least 1.",
        "training.cpu-threads|0|training.cpu-threads is 0: it must be at least 1.",
        "features.area|1023|features.area is 1023: it must be at least 1024.",
        "dataset.window.train-images|100001|dataset.window.train-images is 100001: it must be 1 to"
            + " 100000.",
        "dataset.window.test-images|0|dataset.window.test-images is 0: it must be 1 to 100000.",
        "images.min-side|0|images.min-side is 0: it must be at least 1.",
        "images.significant-bits|8|images.significant-bits is 8: it must be 9 to 16, the bits that"
            + " the camera fills, or 0 if they are not known.",
        "images.significant-bits|17|images.significant-bits is 17: it must be 9 to 16, the bits"
            + " that the camera fills, or 0 if they are not known.",
        "quota.defect-classes|10001|quota.defect-classes is 10001: it must be 1 to 10000.",
        "quota.masked-train-images|100001|quota.masked-train-images is 100001: it must be 1 to"
            + " 100000.",
        "quota.masked-test-images|0|quota.masked-test-images is 0: it must be 1 to 100000.",
        "images.max-side|63|images.max-side is 63: it must not be smaller than images.min-side,"
            + " which is 64.",
        "dataset.window.train-images|0|dataset.window.train-images is 0: it must be 1 to 100000.",
        "dataset.window.test-images|0|dataset.window.test-images is 0: it must be 1 to 100000."
      })
  void aValueThatBreaksARule(String key, String value, String sentence) {
    Map<String, String> given = new HashMap<>(LEAST);
    given.put(key, value);

    assertThatThrownBy(() -> JobConfig.from(given)).hasMessage(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "extraction.threads,two",
    "training.time-limit,soon",
    "images.max-file-size,big",
    "job.pipelines,all",
    "job.fresh,perhaps"
  })
  void aValueThatCannotBeRead(String key, String value) {
    Map<String, String> given = new HashMap<>(LEAST);
    given.put(key, value);

    assertThatThrownBy(() -> JobConfig.from(given))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The value of " + key + " cannot be read: " + value + ".");
  }

  @Test
  void theLogShowsNoSecrets() {
    Map<String, String> given = new HashMap<>(LEAST);
    given.put("kafka.properties.sasl.jaas.config", "password=hunter2");

    assertThat(JobConfig.effective(given))
        .doesNotContain("hunter2")
        .contains("  kafka.properties=(values hidden) [sasl.jaas.config]\n")
        .contains("  kafka.bootstrap-servers=k:9092\n")
        .contains("  s3.endpoint=not given\n");
    assertThatThrownBy(() -> JobConfig.from(given))
        .hasMessageContaining("put the secret into a file")
        .hasMessageNotContaining("hunter2");
    given.put("kafka.properties.sasl.jaas.config", "${file:/run/kafka:jaas}");
    assertThat(JobConfig.from(given).toString()).doesNotContain("/run/kafka");
  }

  private static Iterable<String> concat(Iterable<String> keys, String further) {
    List<String> all = new ArrayList<>();
    keys.forEach(all::add);
    all.add(further);
    return all;
  }
}
