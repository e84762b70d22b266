package io.relook.client;

import io.relook.client.RelookException.Kind;
import io.relook.schemas.Topic;
import io.relook.wire.DatasetDescription;
import io.relook.wire.Rejection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Waits for what becomes of messages on the topic of images. Open it before the first message is
 * sent, so that no rejection is missed. For one thread.
 *
 * <p>Messages of one project are carried out in their order. So all of them are done when the last
 * one was rejected, or when one of the project's data sets was updated at its time or later.
 */
public final class SentImages implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * Rejections and data sets are committed by different transactions, one shortly after another.
   */
  private static final Duration SETTLE = Duration.ofSeconds(1);

  private final Clock clock;
  private final String account;
  private final String project;
  private final TopicReader rejections;
  private final LatestRecords<DatasetDescription> datasets;

  private SentImages(
      Clock clock,
      String account,
      String project,
      TopicReader rejections,
      LatestRecords<DatasetDescription> datasets) {
    this.clock = clock;
    this.account = account;
    this.project = project;
    this.rejections = rejections;
    this.datasets = datasets;
  }

  /** Begins to watch a project. */
  public static SentImages watch(RelookConnection relook, String project) {
    return new SentImages(
        relook.clock(),
        relook.settings().account(),
        project,
        relook.read(Topic.REJECTIONS, TopicReader.From.END),
        relook.datasets());
  }

  /**
   * Fails unless the project exists.
   *
   * @throws RelookException when the account has no such project
   */
  public static void requireProject(RelookConnection relook, String project) {
    if (relook.project(project).isEmpty()) {
      throw new RelookException(
          Kind.FAILED,
          "Account %s has no project %s: check the name, or create it with 'relook project create --project %s'."
              .formatted(relook.settings().account(), project, project));
    }
  }

  /**
   * The rejections of the messages at these places, once the messages have been carried out.
   *
   * @param meanwhile is called again and again, in this thread, until then
   * @throws RelookException when that takes longer
   */
  public List<Rejection> await(
      Collection<RecordMetadata> sent, Duration limit, Runnable meanwhile) {
    Set<String> places =
        sent.stream().map(SentImages::place).collect(Collectors.toCollection(TreeSet::new));
    List<RecordMetadata> open = new ArrayList<>(lastOfPartitions(sent));
    List<Rejection> found = new ArrayList<>();
    Instant now = clock.instant();
    Instant deadline = now.plus(limit);
    Instant settled = deadline;
    while (now.isBefore(settled)) {
      boolean wasOpen = !open.isEmpty();
      for (Rejection rejection : next(places)) {
        found.add(rejection);
        open.removeIf(last -> place(last).equals(place(rejection)));
      }
      datasets.next(Duration.ZERO);
      meanwhile.run();
      open.removeIf(last -> isUpdated(last.timestamp()));
      now = clock.instant();
      if (wasOpen && open.isEmpty()) {
        settled = now.plus(SETTLE);
      }
    }
    if (!open.isEmpty()) {
      throw new RelookException(
          Kind.UNREACHABLE,
          "Kafka has the messages, but relook did not carry them out within %d s: check that the job runs, then see 'relook rejections list --project %s'."
              .formatted(limit.toSeconds(), project));
    }
    return found;
  }

  private List<Rejection> next(Set<String> places) {
    return rejections.poll(POLL).stream()
        .flatMap(message -> message.decoded().stream())
        .map(Rejection.class::cast)
        .filter(rejection -> places.contains(place(rejection)))
        .toList();
  }

  private boolean isUpdated(long timestamp) {
    return datasets.all().stream()
        .filter(
            dataset ->
                dataset.getAccount().equals(account) && dataset.getProjectName().equals(project))
        .anyMatch(dataset -> dataset.getLastUpdatedTimestamp().toEpochMilli() >= timestamp);
  }

  private static Collection<RecordMetadata> lastOfPartitions(Collection<RecordMetadata> sent) {
    return sent.stream()
        .collect(
            Collectors.toMap(
                RecordMetadata::partition,
                place -> place,
                (one, other) -> one.offset() > other.offset() ? one : other))
        .values();
  }

  private static String place(RecordMetadata sent) {
    return sent.topic() + "-" + sent.partition() + "-" + sent.offset();
  }

  private static String place(Rejection rejection) {
    return rejection.getTopic() + "-" + rejection.getPartition() + "-" + rejection.getOffset();
  }

  @Override
  public void close() {
    rejections.close();
    datasets.close();
  }
}
