package io.relook.bench;

import io.relook.job.dataset.DatasetEntry;
import io.relook.job.dataset.DatasetFunction;
import io.relook.job.dataset.DatasetSettings;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RetryRequest;
import io.relook.job.domain.StoredPicture;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.registry.RegistryFunction;
import io.relook.job.registry.RegistryOptions;
import io.relook.job.registry.RegistrySettings;
import io.relook.job.signing.KeyReference;
import io.relook.job.signing.SigningSettings;
import io.relook.schemas.access.AccessControl;
import io.relook.schemas.signing.KeyFiles;
import io.relook.wire.Command;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.OutputTag;

/**
 * Measures how many commands per second pass the registry, how many changes the data set, and how
 * long a data set of 20,000 images takes to start a training. Each runs on a Flink MiniCluster with
 * one subtask, RocksDB and a checkpoint per second, fed from memory.
 *
 * <pre>
 * mvn -q -Dquick -DskipTests -pl bench -am package
 * java -Xmx3g -cp 'bench/target/lib/*:bench/target/relook-bench.jar' \
 *     io.relook.bench.StateBenchmark [COMMANDS] [CHANGES]
 * </pre>
 */
public final class StateBenchmark {
  private static final String ACCOUNT = "123456789012";
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final int IMAGES = 20_000;
  private static final TopicRecords TOPICS = new TopicRecords("relook.", "relook.");
  private static final OutputTag<TopicRecord> RECORDS =
      new OutputTag<>("announced", TypeInformation.of(TopicRecord.class));
  private static final OutputTag<ImportRequest> IMPORTS =
      new OutputTag<>("imports", TypeInformation.of(ImportRequest.class));
  private static final OutputTag<RetryRequest> RETRIES =
      new OutputTag<>("retries", TypeInformation.of(RetryRequest.class));
  private static final OutputTag<RejectedMessage> REJECTED =
      new OutputTag<>("rejected", TypeInformation.of(RejectedMessage.class));

  /** When each training was started; the MiniCluster runs in this JVM. */
  private static final Queue<Long> TRAININGS = new ConcurrentLinkedQueue<>();

  private StateBenchmark() {}

  public static void main(String[] args) throws Exception {
    long commands = args.length > 0 ? Long.parseLong(args[0]) : 100_000;
    long changes = args.length > 1 ? Long.parseLong(args[1]) : 400_000;
    registry(commands / 10);
    System.out.printf(Locale.ROOT, "registry: %,.0f commands/s%n", registry(commands));
    dataset(IMAGES);
    System.out.printf(Locale.ROOT, "data set: %,.0f changes/s%n", dataset(changes));
    long planned = TRAININGS.remove();
    System.out.printf(
        Locale.ROOT,
        "a training of %,d images: %.2f s%n",
        IMAGES,
        (TRAININGS.remove() - planned) / 1e9);
    DataOutputSerializer bytes = new DataOutputSerializer(1024);
    TypeInformation.of(DatasetEntry.class)
        .createSerializer(new SerializerConfigImpl())
        .serialize(
            new DatasetEntry(reference(7), annotation(7), picture(7), 1, 2, null, null), bytes);
    System.out.printf(
        Locale.ROOT,
        "an entry: %d bytes, so %,d images %.1f MB before compression%n",
        bytes.length(),
        IMAGES,
        bytes.length() * (double) IMAGES / 1e6);
  }

  private static double registry(long count) throws Exception {
    StreamExecutionEnvironment env = environment();
    env.fromSequence(0, count - 1)
        .map(StateBenchmark::input)
        .returns(RegistryInput.class)
        .keyBy(RegistryInput::account, Types.STRING)
        .process(
            new RegistryFunction(
                new RegistrySettings(
                    "us-east-1",
                    6,
                    new RegistryOptions.Quotas(2, 5),
                    AccessControl.withoutPolicy("relook")),
                signing(),
                TOPICS,
                REJECTED))
        .sinkTo(new DiscardingSink<>());
    return rate(env, count);
  }

  private static SigningSettings signing() throws IOException {
    String key =
        KeyFiles.localOptions(Files.createTempDirectory("relook-bench")).get(KeyFiles.SIGNING_KEY);
    return new SigningSettings(
        KeyReference.parse(KeyFiles.SIGNING_KEY, Objects.requireNonNull(key)), List.of());
  }

  /** In turn a project, its model, the training's end and a tag, every quarter of a second. */
  private static RegistryInput input(long i) {
    long time = NOON.toEpochMilli() + i * 250;
    KafkaRecord origin = new KafkaRecord("relook.commands", 0, i, time, null, null);
    String project = "project-" + i / 4;
    String arn = "arn:aws:lookoutvision:us-east-1:" + ACCOUNT + ":model/" + project + "/1";
    Object body =
        switch ((int) (i % 4)) {
          case 0 -> new CreateProject(project, "token-" + i);
          case 1 ->
              CreateModel.newBuilder()
                  .setProjectName(project)
                  .setClientToken("token-" + i)
                  .setOutputConfig(new OutputConfig(new S3Location("models", "out/")))
                  .build();
          case 2 ->
              TrainingOutcome.newBuilder()
                  .setAccount(ACCOUNT)
                  .setProjectName(project)
                  .setModelVersion("1")
                  .setModelArn(arn)
                  .setCutId("cut")
                  .setEndedAt(Instant.ofEpochMilli(time))
                  .setOutcome(new TrainingFailed("REASON", "A sentence."))
                  .build();
          default -> new TagResource(arn, List.of(new Tag("line", "4")));
        };
    return body instanceof TrainingOutcome outcome
        ? RegistryInput.of(origin, outcome)
        : RegistryInput.of(
            origin, new Command("request-" + i, ACCOUNT, null, Instant.ofEpochMilli(time), body));
  }

  private static double dataset(long count) throws Exception {
    TRAININGS.clear();
    StreamExecutionEnvironment env = environment();
    DataStream<DatasetOutput> orders =
        env.fromSequence(0, count + 1)
            .map(i -> change(i, count))
            .returns(ImageChange.class)
            .keyBy(ImageChange::datasetKey, Types.STRING)
            .process(
                new DatasetFunction(
                    new DatasetSettings(
                        new DatasetSettings.Window(16_000, 4_000, Long.MAX_VALUE),
                        true,
                        false,
                        new DatasetSettings.Quotas(100, 8_000, 800),
                        "us-east-1",
                        "relook",
                        3_600_000),
                    null,
                    null,
                    TOPICS,
                    new DatasetFunction.Tags(RECORDS, IMPORTS, RETRIES, REJECTED)));
    orders
        .map(
            order -> {
              if (order.training() != null) {
                TRAININGS.add(System.nanoTime());
              }
              return 0;
            })
        .returns(Types.INT)
        .sinkTo(new DiscardingSink<>());
    return rate(env, count);
  }

  /** An image or a new label of one; after the last image two cut markers follow. */
  private static ImageChange change(long i, long count) {
    long time = NOON.toEpochMilli() + i;
    KafkaRecord origin = new KafkaRecord("relook.images", 0, i, time, null, null);
    if (i >= count) {
      return new ImageChange(ACCOUNT, "bolts", origin, "", null, null, null, cut(i));
    }
    int image = (int) (i % IMAGES);
    return new ImageChange(
        ACCOUNT,
        "bolts",
        origin,
        reference(image),
        annotation(image),
        i < IMAGES ? picture(image) : null,
        null,
        null);
  }

  private static CutMarker cut(long i) {
    CreateModel create =
        CreateModel.newBuilder()
            .setProjectName("bolts")
            .setOutputConfig(new OutputConfig(new S3Location("models", "")))
            .build();
    return CutMarker.newBuilder()
        .setAccount(ACCOUNT)
        .setProject("bolts")
        .setCutId("relook.commands-0-" + i)
        .setPartition(0)
        .setPartitions(1)
        .setAdmittedAt(NOON.plusMillis(i))
        .setCommand(create)
        .setModel(
            ModelMetadata.newBuilder()
                .setAccount(ACCOUNT)
                .setProjectName("bolts")
                .setModelVersion("1")
                .setModelArn("arn:model")
                .setCreationTimestamp(NOON)
                .setStatus(ModelStatus.TRAINING)
                .setStatusMessage("The model is being trained.")
                .setOutputConfig(create.getOutputConfig())
                .build())
        .build();
  }

  private static String reference(int image) {
    return "s3://factory/line-4/2026-11-24/image-%06d.jpg".formatted(image);
  }

  private static Annotation annotation(int image) {
    DatasetType dataset = image < 16_000 ? DatasetType.TRAIN : DatasetType.TEST;
    return image % 10 == 0
        ? new Annotation(
            Label.ANOMALY, "class-" + image % 70, dataset, "anomaly-label", true, null, null)
        : new Annotation(Label.NORMAL, null, dataset, "anomaly-label", true, null, null);
  }

  private static StoredPicture picture(int image) {
    String digest = "%064x".formatted(image);
    return new StoredPicture(
        digest,
        "relook",
        "pictures/" + ACCOUNT + "/bolts/" + digest,
        1_024,
        1_024,
        "features/" + ACCOUNT + "/bolts/0123456789abcdef-65536/" + digest);
  }

  private static StreamExecutionEnvironment environment() throws Exception {
    Path directory = Files.createTempDirectory("relook-bench-");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(
            1,
            Configuration.fromMap(
                Map.of(
                    "state.backend.type", "rocksdb",
                    "taskmanager.memory.managed.size", "256mb",
                    "execution.checkpointing.dir", directory.toUri().toString())));
    env.enableCheckpointing(1_000);
    return env;
  }

  private static double rate(StreamExecutionEnvironment env, long count) throws Exception {
    long start = System.nanoTime();
    env.execute();
    return count / ((System.nanoTime() - start) / 1e9);
  }
}
