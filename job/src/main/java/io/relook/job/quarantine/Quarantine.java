package io.relook.job.quarantine;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.TopicInstance;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.job.s3.OwnBucket;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known against messages: one object each in relook's own bucket ({@link
 * BucketLayout#QUARANTINE}), because what a process knows ends with it. The objects are read once,
 * when a task starts, and written when a message is marked as in flight or cleared. Safe for use by
 * several threads.
 *
 * <p>The object of a message in quarantine stays: when a restart or a replay reads the message
 * again, it is rejected again, until its topic does not keep it any more. The same bytes sent again
 * have another place in the log, so relook tries them. An entry about an earlier topic of the same
 * name says nothing about the messages of this one.
 */
public final class Quarantine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
  private static final int MAX_BYTES = 16 * 1024;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ObjectStore store;
  private final QuarantineSettings settings;
  private final OwnBucket bucket;
  private final Clock clock;
  private final Map<String, Entry> known = new ConcurrentHashMap<>();
  private final AtomicLong ignored = new AtomicLong();

  /**
   * What is known against one message.
   *
   * @param crashes ends of the process while it was in flight, the present attempt included
   * @param sentence why it is rejected, once it is in quarantine: written by relook 0.3 only, whose
   *     keyed stages could not take back what they had written
   * @param topicId Kafka's id of its topic; null when relook 0.3 wrote the entry
   * @param writtenAt when the entry was written, in ISO 8601; null when relook 0.3 wrote it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(
      @JsonProperty("crashes") int crashes,
      @JsonProperty("condemned") @Nullable String sentence,
      @JsonProperty("topicId") @Nullable String topicId,
      @JsonProperty("writtenAt") @Nullable String writtenAt) {

    Written written() {
      return Written.of(topicId, writtenAt);
    }
  }

  private Quarantine(ObjectStore store, QuarantineSettings settings, Clock clock) {
    this.store = store;
    this.settings = settings;
    this.bucket = settings.bucket();
    this.clock = clock;
  }

  /**
   * Reads what is known now. When the store cannot be asked, the task starts all the same and
   * nothing is known: a message that ends the process then ends it once more. An object that says
   * nothing is left out, and counted.
   */
  public static Quarantine open(QuarantineSettings settings) {
    return open(settings, Clock.systemUTC());
  }

  static Quarantine open(QuarantineSettings settings, Clock clock) {
    Quarantine quarantine = new Quarantine(settings.bucket().store().open(), settings, clock);
    quarantine.load();
    return quarantine;
  }

  /** What is known now, for a stage that only asks. */
  public static Quarantine known(QuarantineSettings settings) {
    try (Quarantine quarantine = open(settings)) {
      return quarantine;
    }
  }

  private void load() {
    try {
      for (String key : store.list(bucket.name(), BucketLayout.QUARANTINE.prefix())) {
        load(key);
      }
    } catch (ObjectUnavailableException | UncheckedIOException e) {
      LOG.warn(
          "The quarantine cannot be read: a message that ended a process before may end this one",
          e);
    }
  }

  private void load(String key) {
    try {
      Optional<byte[]> object = written(key);
      if (object.isPresent()) {
        take(key, JSON.readValue(object.get(), Entry.class));
      }
    } catch (ObjectUnavailableException | IOException | DateTimeException e) {
      unreadable(key, e);
    }
  }

  private void take(String key, @Nullable Entry entry) {
    if (entry == null) {
      unreadable(key, null);
      return;
    }
    Optional<TopicInstance> topic = BucketLayout.topicOfQuarantined(key).flatMap(settings::topic);
    switch (entry.written().in(topic, clock.instant())) {
      case COUNTS -> {
        known.put(key, entry);
        LOG.warn("Suspected: {}, in flight at {} ends of a process", key, entry.crashes());
      }
      case OTHER_TOPIC -> {
        ignored.incrementAndGet();
        LOG.info("Ignored: {} speaks of an earlier topic of this name", key);
      }
      case AGED_OUT -> {
        ignored.incrementAndGet();
        remove(key);
      }
    }
  }

  /** Whether the store can remove it or not, the entry is ignored. */
  private void remove(String key) {
    try {
      store.remove(bucket.object(key));
      LOG.info("Removed: {}, because its topic does not keep the message any more", key);
    } catch (ObjectUnavailableException | UncheckedIOException e) {
      LOG.warn("Ignored, but not removed: {} is older than its topic keeps messages", key, e);
    }
  }

  private void unreadable(String key, @Nullable Exception e) {
    ignored.incrementAndGet();
    LOG.warn(
        "{} in relook's own bucket is no entry of the quarantine, so it is ignored; everything else"
            + " there counts. Remove it, and find out who wrote it: only relook writes below {}.",
        key,
        BucketLayout.QUARANTINE.prefix(),
        e);
  }

  /** An object's bytes; nothing when another task cleared it since it was listed. */
  private Optional<byte[]> written(String key) throws ObjectUnavailableException {
    try {
      return Optional.of(store.get(bucket.object(key), MAX_BYTES));
    } catch (ObjectUnavailableException e) {
      if (e.reason() == Reason.NO_SUCH_KEY) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Why a message is rejected; nothing when it is not in quarantine. */
  public Optional<String> sentence(KafkaRecord origin) {
    Entry entry = known.get(BucketLayout.quarantined(origin));
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.sentence() != null) {
      return Optional.of(entry.sentence());
    }
    return entry.crashes() < settings.maxCrashes()
        ? Optional.empty()
        : Optional.of(PoisonMessages.crashed(entry.crashes()));
  }

  /** The reason for the rejection of a message; nothing when it is not in quarantine. */
  public Optional<RejectionReason> reason(
      KafkaRecord origin,
      String stage,
      @Nullable String account,
      @Nullable String project,
      @Nullable String sourceRef) {
    return sentence(origin)
        .map(sentence -> PoisonMessages.reason(stage, sentence, account, project, sourceRef));
  }

  /** How often the process has ended with this message in flight. */
  public int crashes(KafkaRecord origin) {
    Entry entry = known.get(BucketLayout.quarantined(origin));
    return entry == null ? 0 : entry.crashes();
  }

  /** Marks a message as in flight: if the process ends now, that counts as one more crash. */
  public void markInFlight(KafkaRecord origin) throws IOException {
    Entry entry =
        new Entry(
            crashes(origin) + 1,
            null,
            settings.topic(origin.topic()).map(TopicInstance::id).orElse(null),
            clock.instant().toString());
    try {
      store.put(
          object(origin), JSON.writeValueAsBytes(entry), "application/json", Optional.empty());
    } catch (ObjectUnavailableException e) {
      throw bucket.unusable(e);
    }
  }

  /** Clears a message that was in flight and did no harm. */
  public void clear(KafkaRecord origin) throws IOException {
    try {
      store.remove(object(origin));
    } catch (ObjectUnavailableException e) {
      throw bucket.unusable(e);
    }
    known.remove(BucketLayout.quarantined(origin));
  }

  /** Messages that were in flight when a process ended, and are not in quarantine. */
  public long suspects() {
    return known.size() - quarantined();
  }

  /** Messages in quarantine. */
  public long quarantined() {
    return known.values().stream()
        .filter(entry -> entry.sentence() != null || entry.crashes() >= settings.maxCrashes())
        .count();
  }

  /** Objects that did not count when the task started: unreadable, of another topic, aged out. */
  public long ignored() {
    return ignored.get();
  }

  private S3Object object(KafkaRecord origin) {
    return bucket.object(BucketLayout.quarantined(origin));
  }

  @Override
  public void close() {
    store.close();
  }
}
