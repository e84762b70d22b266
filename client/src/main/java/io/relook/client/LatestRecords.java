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
 * The present state of a compacted topic: the latest record of each key, read from the beginning. A
 * tombstone removes its key. For one thread.
 *
 * @param <T> the type of its records
 */
public final class LatestRecords<T extends SpecificRecord> implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final TopicReader reader;
  private final Class<T> type;
  private final String what;
  private final Duration timeout;
  private final Map<String, T> latest = new LinkedHashMap<>();

  /**
   * @param what the content of the topic, in words
   */
  LatestRecords(TopicReader reader, Class<T> type, String what, Duration timeout) {
    this.reader = reader;
    this.type = type;
    this.what = what;
    this.timeout = timeout;
  }

  /**
   * Reads up to the end of the topic at the time of opening, and returns the present state.
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

  /** The present state, as of the records read so far. */
  public Collection<T> all() {
    return List.copyOf(latest.values());
  }

  /** Applies the next records and returns them in order; none if none arrive in time. */
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

  /** The latest record of a key, as of the records read so far. */
  public Optional<T> find(String key) {
    return Optional.ofNullable(latest.get(key));
  }

  @Override
  public void close() {
    reader.close();
  }
}
