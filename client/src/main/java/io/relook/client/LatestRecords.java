package io.relook.client;

import io.relook.client.RelookException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * The present state that a compacted topic tells: the latest record of each key, read from the
 * beginning; a tombstone takes its key away. For one thread.
 *
 * @param <T> what the topic holds
 */
public final class LatestRecords<T extends SpecificRecord> implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final TopicReader reader;
  private final Class<T> type;
  private final String what;
  private final Duration timeout;
  private final Map<String, T> latest = new LinkedHashMap<>();

  /**
   * @param what what the topic holds, in words
   */
  LatestRecords(TopicReader reader, Class<T> type, String what, Duration timeout) {
    this.reader = reader;
    this.type = type;
    this.what = what;
    this.timeout = timeout;
  }

  /**
   * Reads what stood in the topic when this was opened, and returns what is there now.
   *
   * @throws RelookException when that takes longer than the connection's time-out
   */
  public Collection<T> catchUp(Clock clock) {
    Instant deadline = clock.instant().plus(timeout);
    while (!reader.caughtUp()) {
      next(POLL);
      if (clock.instant().isAfter(deadline)) {
        throw new RelookException(
            Kind.UNREACHABLE,
            "The %s could not be read within %d ms: check that Kafka runs, or raise --timeout."
                .formatted(what, timeout.toMillis()));
      }
    }
    return all();
  }

  /** What is there, as far as the topic was read. */
  public Collection<T> all() {
    return List.copyOf(latest.values());
  }

  /** The records of the next moment, applied to the view and returned in order; perhaps none. */
  public List<T> next(Duration wait) {
    List<T> records = new ArrayList<>();
    for (TopicReader.Message message : reader.poll(wait)) {
      String key = message.key();
      if (key == null) {
        continue;
      }
      if (message.value().isEmpty()) {
        latest.remove(key);
      }
      message
          .decoded()
          .map(type::cast)
          .ifPresent(
              record -> {
                latest.put(key, record);
                records.add(record);
              });
    }
    return records;
  }

  /** The latest record of a key, as far as the topic was read. */
  public Optional<T> find(String key) {
    return Optional.ofNullable(latest.get(key));
  }

  @Override
  public void close() {
    reader.close();
  }
}
