package io.relook.chaos;

import io.relook.chaos.guarantee.ImagesTakenOnce;
import io.relook.cluster.SpotPictures;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteModel;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.UntagResource;
import io.relook.wire.UpdateDatasetEntries;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends images and commands while faults are injected.
 *
 * <p>Images belong to three projects. Those of the first go to the partition of the project's key,
 * those of the others to a partition that a foreign partitioner chooses by source reference. A pool
 * of references is replaced, relabelled and withdrawn again and again. Some pictures are damaged,
 * some messages cannot be decoded.
 *
 * <p>Commands: new models, the same token again, the same token with other parameters, tags,
 * deletions, and often one that is answered with an exception, so that there is always an answer to
 * wait for.
 *
 * <p>The seed decides what is sent and in which order, not when.
 */
final class Load implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Load.class);

  static final String ACCOUNT = "000000000000";
  static final List<String> PROJECTS = List.of("keyed", "spread-1", "spread-2");
  private static final int REFERENCES = 60;

  /** One of so many pictures lies in the factory's bucket. */
  private static final int LOCATED = 4;

  /** Images of an import. */
  private static final int IMPORTED = 8;

  /** Seeds of pictures that the schedule does not draw. */
  private static final long CURSED = 1_000_000_000_000L;

  private static final long IMPORTS = 2_000_000_000_000L;
  private static final int MOST_UNACKNOWLEDGED = 40;
  private static final Duration REPLY_PATIENCE = Duration.ofMinutes(3);

  private final KafkaProducer<String, byte[]> producer;
  private final MessageCodec codec = MessageCodec.standard();
  private final Recorder recorder;
  private final int partitions;
  private final String bucket;
  private final Factory factory;
  private final AtomicInteger cursed = new AtomicInteger();
  private final AtomicInteger imports = new AtomicInteger();
  private final SplittableRandom imageRandom;
  private final SplittableRandom commandRandom;
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
  private final AtomicInteger unacknowledged = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicLong pictures;
  private final AtomicLong requests = new AtomicLong();
  private final List<CreateModel> tokens = new ArrayList<>();

  Load(
      String bootstrapServers,
      int partitions,
      String bucket,
      Factory factory,
      long seed,
      Recorder recorder) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrapServers);
    properties.put("acks", "all");
    properties.put("enable.idempotence", "true");
    properties.put("linger.ms", "5");
    properties.put("request.timeout.ms", "10000");
    // Longer than any fault: nobody knows whether an unacknowledged message was sent.
    properties.put("delivery.timeout.ms", "900000");
    properties.put("max.block.ms", "900000");
    this.producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    this.partitions = partitions;
    this.bucket = bucket;
    this.factory = factory;
    this.recorder = recorder;
    SplittableRandom random = new SplittableRandom(seed);
    this.imageRandom = random.split();
    this.commandRandom = random.split();
    this.pictures = new AtomicLong(seed * 1_000_003);
  }

  /** Intervals between messages of each kind. */
  record Pace(Duration image, Duration command, Duration probe) {}

  /**
   * Creates the projects, sends images for the first trainings, and continues until it is stopped.
   */
  void start(Pace pace) {
    for (String project : PROJECTS) {
      ask(new CreateProject(project, null));
      for (int i = 0; i < 36; i++) {
        picture(project, "image/" + i, i < 24 ? Label.NORMAL : Label.ANOMALY);
      }
    }
    producer.flush();
    every(pace.image(), this::image);
    every(pace.command(), this::command);
    every(pace.probe(), this::probe);
  }

  private void every(Duration interval, Runnable work) {
    var unused =
        clock.scheduleWithFixedDelay(
            () -> {
              try {
                if (unacknowledged.get() < MOST_UNACKNOWLEDGED) {
                  work.run();
                }
              } catch (RuntimeException e) {
                LOG.warn("A message of the load was not sent", e);
              }
            },
            interval.toMillis(),
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  // --- images ------------------------------------------------------------------------------------

  private void image() {
    String project = PROJECTS.get(imageRandom.nextInt(PROJECTS.size()));
    String ref = "image/" + imageRandom.nextInt(REFERENCES);
    int kind = imageRandom.nextInt(100);
    if (kind < 68) {
      picture(project, ref, label());
    } else if (kind < 80) {
      send(project, ref, labeled(project, ref, label()).build());
    } else if (kind < 87) {
      send(
          project,
          ref,
          ImageWithdrawal.newBuilder()
              .setAccount(ACCOUNT)
              .setProject(project)
              .setSourceRef(ref)
              .build());
    } else if (kind < 94) {
      String broken = ImagesTakenOnce.BROKEN + imageRandom.nextInt(1000);
      byte[] png = SpotPictures.png(pictures.incrementAndGet(), false);
      send(
          project,
          broken,
          labeled(project, broken, Label.NORMAL)
              .setImageBytes(ByteBuffer.wrap(png, 0, png.length / 2).slice())
              .build());
    } else if (kind < 97) {
      String ghost = "ghost/" + imageRandom.nextInt(1000);
      send(project, ghost, labeled(project, ghost, Label.NORMAL).build());
    } else {
      send(
          Topic.IMAGES,
          Topic.projectKey(ACCOUNT, project),
          partition(project, ref),
          "no message".getBytes(StandardCharsets.UTF_8));
    }
  }

  private Label label() {
    int kind = imageRandom.nextInt(100);
    return kind < 62 ? Label.NORMAL : kind < 95 ? Label.ANOMALY : Label.NONE;
  }

  private void picture(String project, String ref, Label label) {
    byte[] png = SpotPictures.png(pictures.incrementAndGet(), label == Label.ANOMALY);
    LabeledImage.Builder image = labeled(project, ref, label);
    String key = ImagesTakenOnce.key(png);
    boolean located = pictures.get() % LOCATED == 0 && factory.put(key, png);
    send(
        project,
        ref,
        located
            ? image.setImageLocation(new S3Object(Factory.BUCKET, key, null)).build()
            : image.setImageBytes(ByteBuffer.wrap(png)).build());
  }

  /**
   * Sends an image whose object fails from the beginning.
   *
   * @param curse makes the object with this key fail
   * @return the key
   */
  String sendCursed(Consumer<String> curse) {
    byte[] png = SpotPictures.png(CURSED + cursed.incrementAndGet(), false);
    String key = ImagesTakenOnce.key(png);
    if (!factory.put(key, png)) {
      return "none, because the store does not answer";
    }
    curse.accept(key);
    String project = PROJECTS.get(cursed.get() % PROJECTS.size());
    String ref = "cursed/" + cursed.get();
    send(
        project,
        ref,
        labeled(project, ref, Label.NORMAL)
            .setImageLocation(new S3Object(Factory.BUCKET, key, null))
            .build());
    return key;
  }

  /** Imports some pictures of the factory's bucket into a project. */
  void importManifest() {
    int number = imports.incrementAndGet();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < IMPORTED; i++) {
      byte[] png = SpotPictures.png(IMPORTS + number * IMPORTED + i, false);
      String key = ImagesTakenOnce.key(png);
      if (factory.put(key, png)) {
        lines.append(
            """
            {"source-ref":"s3://%s/%s","anomaly-label":0,"anomaly-label-metadata":{"confidence":1,\
            "job-name":"labeling-job/anomaly-label","class-name":"normal","human-annotated":"yes",\
            "creation-date":"2024-05-01T10:00:00.000000","type":"groundtruth/image-classification"}}
            """
                .formatted(Factory.BUCKET, key));
      }
    }
    String manifest = "import-" + number + ".manifest";
    if (factory.put(manifest, lines.toString().getBytes(StandardCharsets.UTF_8))) {
      command(
          UpdateDatasetEntries.newBuilder()
              .setProjectName(PROJECTS.get(0))
              .setDatasetType(DatasetType.TRAIN)
              .setChanges(new S3Object(Factory.BUCKET, manifest, null))
              .build());
    }
  }

  private static LabeledImage.Builder labeled(String project, String ref, Label label) {
    return LabeledImage.newBuilder()
        .setAccount(ACCOUNT)
        .setProject(project)
        .setSourceRef(ref)
        .setLabel(label)
        .setDataset(DatasetType.TRAIN);
  }

  private void send(String project, String ref, SpecificRecord record) {
    send(Topic.IMAGES, Topic.IMAGES.key(record), partition(project, ref), codec.encode(record));
  }

  /** The partition; null for the one that Kafka's own partitioner chooses by key. */
  private @Nullable Integer partition(String project, String ref) {
    if (project.equals(PROJECTS.get(0))) {
      return null;
    }
    // As librdkafka does, but by source reference, so that one project is in all partitions.
    CRC32 crc = new CRC32();
    crc.update(ref.getBytes(StandardCharsets.UTF_8));
    return (int) (crc.getValue() % partitions);
  }

  // --- commands ----------------------------------------------------------------------------------

  private void command() {
    int kind = commandRandom.nextInt(100);
    List<ModelMetadata> trained = recorder.trained();
    if (kind < 45 || tokens.isEmpty()) {
      CreateModel create =
          CreateModel.newBuilder()
              .setProjectName(PROJECTS.get(commandRandom.nextInt(PROJECTS.size())))
              .setClientToken("token-" + requests.get() + "-" + commandRandom.nextInt(1_000_000))
              .setDescription("first")
              .setOutputConfig(new OutputConfig(new S3Location(bucket, "chaos/")))
              .build();
      tokens.add(create);
      command(create);
    } else if (kind < 62) {
      command(recentToken());
    } else if (kind < 72) {
      command(CreateModel.newBuilder(recentToken()).setDescription("other").build());
    } else if (trained.isEmpty()) {
      command(recentToken());
    } else {
      ModelMetadata model = trained.get(commandRandom.nextInt(trained.size()));
      if (kind < 86) {
        command(
            new TagResource(
                model.getModelArn(),
                List.of(
                    new Tag("key-" + commandRandom.nextInt(4), Long.toString(requests.get())))));
      } else if (kind < 91) {
        command(new UntagResource(model.getModelArn(), List.of("key-" + commandRandom.nextInt(4))));
      } else {
        command(new DeleteModel(model.getProjectName(), model.getModelVersion(), null));
      }
    }
  }

  private CreateModel recentToken() {
    int from = Math.max(0, tokens.size() - 20);
    return tokens.get(from + commandRandom.nextInt(tokens.size() - from));
  }

  /** A command that is answered with an exception, since the project exists. */
  private void probe() {
    command(new CreateProject(PROJECTS.get(0), null));
  }

  private String command(SpecificRecord body) {
    Command command =
        Command.newBuilder()
            .setRequestId("request-" + requests.incrementAndGet())
            .setAccount(ACCOUNT)
            .setRequestedAt(Instant.now())
            .setBody(body)
            .build();
    send(Topic.COMMANDS, Topic.COMMANDS.key(command), null, codec.encode(command));
    return command.getRequestId();
  }

  /** Sends a command and waits for its answer. */
  @Nullable CommandReply ask(SpecificRecord body) {
    return recorder.awaitReply(command(body), REPLY_PATIENCE);
  }

  /**
   * Trains a last model of each project, so that the last image is checked too.
   *
   * @param round tells these trainings from those of other calls
   * @return ARNs of the models
   */
  Set<String> trainAll(int round) {
    Set<String> models = new HashSet<>();
    for (String project : PROJECTS) {
      for (int attempt = 0; attempt < 10; attempt++) {
        CommandReply reply =
            ask(
                CreateModel.newBuilder()
                    .setProjectName(project)
                    .setClientToken("last-" + round + "-" + attempt)
                    .setOutputConfig(new OutputConfig(new S3Location(bucket, "chaos/")))
                    .build());
        if (reply != null && reply.getAnswer() instanceof ModelMetadata model) {
          models.add(model.getModelArn());
          break;
        }
      }
    }
    return models;
  }

  private void send(Topic topic, String key, @Nullable Integer partition, byte[] value) {
    unacknowledged.incrementAndGet();
    producer.send(
        new ProducerRecord<>(topic.name(Topic.DEFAULT_PREFIX), partition, key, value),
        (place, failure) -> {
          unacknowledged.decrementAndGet();
          if (failure == null) {
            recorder.acknowledged(topic, place.partition(), place.offset());
          } else {
            failed.incrementAndGet();
            LOG.warn("A message was not acknowledged", failure);
          }
        });
  }

  /** Messages without an acknowledgement: they may have been sent or not. */
  int failed() {
    return failed.get();
  }

  /** Stops the schedule and waits for the acknowledgements. */
  void stop() {
    clock.shutdown();
    try {
      clock.awaitTermination(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.flush();
  }

  @Override
  public void close() {
    clock.shutdownNow();
    producer.close(Duration.ofSeconds(10));
  }
}
