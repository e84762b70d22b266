package io.relook.job.replay;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.embedded.EmbeddedKafka;
import io.relook.job.stack.TestStack;
import io.relook.schemas.Topic;
import io.relook.wire.DatasetDescription;
import io.relook.wire.ModelMetadata;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Takes the steps of a recorded stream on the real job, and gathers all that comes out. */
final class Replay implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int PARALLELISM = 2;

  private final RecordedStream stream;
  private final TestStack stack;
  private final Store store;
  private final Outlet outlet;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ArrayNode datasets = JsonNodeFactory.instance.arrayNode();
  private final Map<String, Map<String, Store.Stored>> filesOfModels = new TreeMap<>();

  private Replay(RecordedStream stream, TestStack stack) {
    this.stream = stream;
    this.stack = stack;
    this.store = new Store(stack.s3());
    this.outlet = new Outlet(stack.kafka().bootstrapServers());
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                stack.kafka().bootstrapServers(),
                ProducerConfig.ACKS_CONFIG,
                "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Replays the stream on a new installation. */
  static Outputs run(RecordedStream stream, Path directory) throws Exception {
    TestStack stack =
        TestStack.start(directory, StreamAuthor.PARTITIONS, 1, 4, EmbeddedKafka.Settings.defaults())
            .option("backbone.descriptor", stream.backbone().toString())
            .option("features.area", "4096")
            // Steps go as fast as the machine does.
            .option("quota.requests-per-second", "1000")
            .option("access.probe-timeout", "60 s");
    try (stack;
        Replay replay = new Replay(stream, stack)) {
      stack.startJob(PARALLELISM);
      int number = 0;
      for (Step step : stream.steps()) {
        number++;
        replay.take(step, "line " + number + " of the stream, " + Step.write(step));
      }
      // With a savepoint: what is under way, such as the removal of files, comes to its end.
      stack.stopJob();
      replay.outlet.drain();
      return replay.outputs();
    }
  }

  private void take(Step step, String description) {
    if (step instanceof Step.Bucket bucket) {
      stack.s3().createBucket(bucket.name());
    } else if (step instanceof Step.Put put) {
      store.put(put);
    } else if (step instanceof Step.Send send) {
      var unused = producer.send(message(send));
    } else {
      producer.flush();
      await(description, () -> hasCome(step));
      if (step instanceof Step.AwaitDataset await) {
        datasets.add(WireJson.of(dataset(await.arn())));
      } else if (step instanceof Step.AwaitModel await && await.status().equals("TRAINED")) {
        filesOfModels.put(await.arn(), filesOf(await.arn()));
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> message(Step.Send send) {
    String key = send.key();
    return new ProducerRecord<>(
        send.topic().name(Topic.DEFAULT_PREFIX),
        send.partition(),
        key == null ? null : key.getBytes(StandardCharsets.UTF_8),
        send.value());
  }

  private void await(String description, BooleanSupplier condition) {
    try {
      Awaitility.await(description)
          .atMost(PATIENCE)
          .pollInSameThread()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(
              () -> {
                outlet.poll();
                return condition.getAsBoolean();
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("Nothing came for " + description + ". " + outlet, e);
    }
  }

  private boolean hasCome(Step step) {
    if (step instanceof Step.AwaitReply reply) {
      return outlet.latest(Topic.REPLIES, reply.requestId()).isPresent();
    } else if (step instanceof Step.AwaitModel model) {
      return outlet
          .latest(Topic.MODELS, model.arn())
          .flatMap(Outlet.Message::record)
          .filter(record -> ((ModelMetadata) record).getStatus().name().equals(model.status()))
          .isPresent();
    } else if (step instanceof Step.AwaitDataset await) {
      return outlet
          .latest(Topic.DATASETS, await.arn())
          .flatMap(Outlet.Message::record)
          .filter(record -> says((DatasetDescription) record, await))
          .isPresent();
    } else if (step instanceof Step.AwaitGone gone) {
      return outlet
          .latest(gone.topic(), gone.key())
          .filter(message -> message.value() == null)
          .isPresent();
    }
    return outlet.messages(Topic.REJECTIONS).size() >= ((Step.AwaitRejections) step).count();
  }

  private static boolean says(DatasetDescription dataset, Step.AwaitDataset await) {
    return dataset.getStatus().name().equals(await.status())
        && dataset.getImageStats().getTotal() == await.total()
        && dataset.getImageStats().getNormal() == await.normal()
        && dataset.getImageStats().getAnomaly() == await.anomaly();
  }

  private DatasetDescription dataset(String arn) {
    return (DatasetDescription)
        outlet.latest(Topic.DATASETS, arn).flatMap(Outlet.Message::record).orElseThrow();
  }

  /** The files of a model when it is announced, as those who read the event find them. */
  private Map<String, Store.Stored> filesOf(String arn) {
    ModelMetadata model =
        (ModelMetadata)
            outlet.latest(Topic.MODELS, arn).flatMap(Outlet.Message::record).orElseThrow();
    Map<String, Store.Stored> files = new TreeMap<>();
    files.putAll(
        store.read(
            model.getOutputConfig().getS3Location().getBucket(),
            model.getOutputConfig().getS3Location().getPrefix()));
    files.keySet().removeIf(key -> !key.matches(".*-" + model.getModelVersion() + "\\.[a-z]+"));
    files.putAll(
        store.read(
            TestStack.OWN_BUCKET,
            "trainings/%s/%s/%s/"
                .formatted(model.getAccount(), model.getProjectName(), model.getModelVersion())));
    return files;
  }

  private Outputs outputs() {
    Map<String, Map<String, Store.Stored>> objects = new TreeMap<>();
    for (String bucket : new String[] {TestStack.OWN_BUCKET, TestStack.OUTPUT_BUCKET}) {
      objects.put(bucket, store.read(bucket, ""));
    }
    ObjectNode awaited = JsonNodeFactory.instance.objectNode();
    awaited.set("awaited", datasets);
    return Outputs.of(
        stream, outlet, awaited, filesOfModels, objects, stack.s3().endpoint().toString());
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    outlet.close();
    store.close();
  }
}
