package io.relook.client;

import io.relook.schemas.Topic;
import io.relook.wire.DatasetDescription;
import io.relook.wire.ProjectDescription;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;

/**
 * Entry point of this client. The caller closes what it opens; the connection itself keeps nothing
 * open.
 *
 * <pre>{@code
 * var relook = new RelookConnection(RelookSettings.of("127.0.0.1:9092"));
 * try (ImagesProducer images = relook.images(); Commands commands = relook.commands()) {
 *   images.send(image).join();
 *   CommandReply reply = commands.send(commands.command(new CreateProject("cookies", token))).join();
 * }
 * }</pre>
 */
public final class RelookConnection {
  private final RelookSettings settings;
  private final KafkaClients kafka;
  private final Clock clock;
  private final Supplier<String> ids;

  /** A connection with the system's clock and random identifiers. */
  public RelookConnection(RelookSettings settings) {
    this(settings, Clock.systemUTC(), () -> UUID.randomUUID().toString());
  }

  /**
   * @param clock for the times in commands and for waiting
   * @param ids for request identifiers and client tokens: 1 to 64 of the characters a-z A-Z 0-9 -
   */
  public RelookConnection(RelookSettings settings, Clock clock, Supplier<String> ids) {
    this.settings = settings;
    this.kafka = new KafkaClients(settings);
    this.clock = clock;
    this.ids = ids;
  }

  /** The settings of this connection. */
  public RelookSettings settings() {
    return settings;
  }

  /** A new identifier. */
  public String newId() {
    return ids.get();
  }

  /** The clock of this connection. */
  public Clock clock() {
    return clock;
  }

  /** Creates and checks topics. */
  public Topics topics() {
    return new Topics(kafka);
  }

  /** Examines everything of the installation that Kafka knows. */
  public KafkaDoctor doctor() {
    return new KafkaDoctor(kafka, clock);
  }

  /** Sends pictures, labels and withdrawals. */
  public ImagesProducer images() {
    return new ImagesProducer(kafka, settings);
  }

  /** Sends commands and waits for their replies; from its return on, replies are read. */
  public Commands commands() {
    return Commands.open(kafka, settings.account(), settings.caller(), clock, ids);
  }

  /** Reads any topic. */
  public TopicReader read(Topic topic, TopicReader.From from) {
    return TopicReader.open(kafka, topic, from);
  }

  /** The present state of all models. */
  public Models models() {
    return new Models(read(Topic.MODELS, TopicReader.From.BEGINNING), settings.timeout());
  }

  /** The present state of all data sets, by ARN. */
  public LatestRecords<DatasetDescription> datasets() {
    return latest(Topic.DATASETS, DatasetDescription.class);
  }

  /** The present state of all projects, by ARN. */
  public LatestRecords<ProjectDescription> projects() {
    return latest(Topic.PROJECTS, ProjectDescription.class);
  }

  /** A project of the account by its name, as it is now. */
  public Optional<ProjectDescription> project(String name) {
    try (LatestRecords<ProjectDescription> projects = projects()) {
      return projects.catchUp(clock).stream()
          .filter(
              known ->
                  known.getAccount().equals(settings.account())
                      && known.getProjectName().equals(name))
          .findFirst();
    }
  }

  private <T extends SpecificRecord> LatestRecords<T> latest(Topic topic, Class<T> type) {
    return new LatestRecords<>(
        read(topic, TopicReader.From.BEGINNING), type, topic.suffix(), settings.timeout());
  }

  /** Finds rejected messages and sends them again. */
  public Rejections rejections() {
    return new Rejections(this, kafka);
  }

  /** Client of the object store. */
  public BucketClient store() {
    return BucketClient.open(settings);
  }
}
