package io.relook.chaos;

import io.relook.chaos.guarantee.ImagesTakenOnce;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.schemas.signing.RecordSignature;
import io.relook.wire.CreateModel;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Somebody who may write images, and writes what only the job may write, or nonsense. */
final class HostileClient {
  private static final String TOPIC = Topic.IMAGES.name(Topic.DEFAULT_PREFIX);

  /**
   * Most messages of nonsense in one fault: each is a rejection that a consumer reads, and the next
   * fault must not find only these in flight.
   */
  private static final int MOST_NONSENSE = 2_000;

  private static final int LONGEST_NONSENSE = 4_096;

  private final String bootstrapServers;
  private final int partitions;

  HostileClient(String bootstrapServers, int partitions) {
    this.bootstrapServers = bootstrapServers;
    this.partitions = partitions;
  }

  /**
   * Writes markers that would delete, train and stall every project of the load, into every
   * partition: without a signature, or with one that is not the job's.
   *
   * @return how many
   */
  int forgeMarkers(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int sent = 0;
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (String project : Load.PROJECTS) {
        for (Object command : commands(project)) {
          String cut = ImagesTakenOnce.FORGED + Long.toHexString(random.nextLong());
          for (int partition = 0; partition < partitions; partition++) {
            send(producer, partition, marker(project, cut, partition, command), random);
            sent++;
          }
        }
        // A marker that waits for partitions which do not exist.
        String stalling = ImagesTakenOnce.FORGED + Long.toHexString(random.nextLong());
        CutMarker marker = marker(project, stalling, 0, new DeleteProject(project, null));
        marker.setPartitions(Integer.MAX_VALUE);
        send(producer, 0, marker, random);
        sent++;
      }
    }
    return sent;
  }

  private static List<Object> commands(String project) {
    return List.of(
        new DeleteDataset(project, DatasetType.TRAIN, null),
        new DeleteModel(project, "1", null),
        new DeleteProject(project, null),
        CreateModel.newBuilder()
            .setProjectName(project)
            .setOutputConfig(new OutputConfig(new S3Location("models", "forged/")))
            .build());
  }

  private CutMarker marker(String project, String cut, int partition, Object command) {
    CutMarker.Builder marker =
        CutMarker.newBuilder()
            .setAccount(Load.ACCOUNT)
            .setProject(project)
            .setCutId(cut)
            .setPartition(partition)
            .setPartitions(partitions)
            .setAdmittedAt(Instant.now())
            .setCommand(command)
            .setSequence(Long.MAX_VALUE);
    if (command instanceof DeleteModel) {
      marker.setModel(
          ModelMetadata.newBuilder()
              .setAccount(Load.ACCOUNT)
              .setProjectName(project)
              .setModelVersion("1")
              .setModelArn("arn:aws:lookoutvision:us-east-1:1:model/" + project + "/1")
              .setCreationTimestamp(Instant.now())
              .setStatus(ModelStatus.TRAINED)
              .setStatusMessage("")
              .setOutputConfig(new OutputConfig(new S3Location("models", "")))
              .build());
    }
    return marker.build();
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer,
      int partition,
      CutMarker marker,
      SplittableRandom random) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            TOPIC,
            partition,
            Topic.IMAGES.key(marker).getBytes(StandardCharsets.UTF_8),
            MessageCodec.standard().encode(marker));
    byte @Nullable [] signature = signature(random);
    if (signature != null) {
      record.headers().add(RecordSignature.HEADER, signature);
    }
    producer.send(record);
  }

  private static byte @Nullable [] signature(SplittableRandom random) {
    byte[] bytes = new byte[64];
    random.nextBytes(bytes);
    return switch (random.nextInt(3)) {
      case 0 -> null;
      case 1 -> bytes;
      default -> new RecordSignature("local", bytes).header();
    };
  }

  /**
   * Sends random bytes as fast as the broker takes them.
   *
   * @return how many messages
   */
  int sendNonsense(long seed, Duration lasts) {
    SplittableRandom random = new SplittableRandom(seed);
    long end = System.nanoTime() + lasts.toNanos();
    int sent = 0;
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      while (sent < MOST_NONSENSE && System.nanoTime() < end) {
        byte[] bytes = new byte[random.nextInt(LONGEST_NONSENSE)];
        random.nextBytes(bytes);
        producer.send(new ProducerRecord<>(TOPIC, random.nextInt(partitions), null, bytes));
        sent++;
      }
    }
    return sent;
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
