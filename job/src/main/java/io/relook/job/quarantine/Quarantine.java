package io.relook.job.quarantine;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.job.s3.OwnBucket;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known against messages: one object each in relook's own bucket ({@link
 * BucketLayout#QUARANTINE}), because what a process knows ends with it. The objects are read once,
 * when a task starts, and written when a message is marked as in flight, cleared, or put into
 * quarantine. Safe for use by several threads.
 *
 * <p>The object of a message in quarantine stays: when a restart or a replay reads the message
 * again, it is rejected again. The same bytes sent again have another place in the log, so relook
 * tries them.
 */
public final class Quarantine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
  private static final int MAX_BYTES = 16 * 1024;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ObjectStore store;
  private final OwnBucket bucket;
  private final int maxCrashes;
  private final Map<String, Entry> known = new ConcurrentHashMap<>();

  /**
   * What is known against one message.
   *
   * @param crashes ends of the process while it was in flight, the present attempt included
   * @param sentence why it is rejected, once it is in quarantine
   */
  record Entry(
      @JsonProperty("crashes") int crashes, @JsonProperty("condemned") @Nullable String sentence) {}

  private Quarantine(ObjectStore store, OwnBucket bucket, int maxCrashes) {
    this.store = store;
    this.bucket = bucket;
    this.maxCrashes = maxCrashes;
  }

  /**
   * Reads what is known now. When the store cannot be asked, the task starts all the same and
   * nothing is known: a message that ends the process then ends it once more.
   */
  public static Quarantine open(QuarantineSettings settings) {
    OwnBucket bucket = settings.bucket();
    Quarantine quarantine = new Quarantine(bucket.store().open(), bucket, settings.maxCrashes());
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
        Optional<byte[]> written = written(key);
        if (written.isPresent()) {
          Entry entry = JSON.readValue(written.get(), Entry.class);
          known.put(key, entry);
          LOG.warn("Suspected: {}, in flight at {} ends of a process", key, entry.crashes());
        }
      }
    } catch (ObjectUnavailableException | IOException | UncheckedIOException e) {
      LOG.warn(
          "The quarantine cannot be read: a message that ended a process before may end this one",
          e);
    }
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
    return entry.crashes() < maxCrashes
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
    write(origin, new Entry(crashes(origin) + 1, null));
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

  /**
   * Puts a message into quarantine on which a stage failed. The job has to restart then; after that
   * the check rejects the message where it is read.
   *
   * @param settings null keeps no quarantine
   */
  public static void add(
      @Nullable QuarantineSettings settings, KafkaRecord origin, Throwable thrown) {
    if (settings == null) {
      return;
    }
    LOG.error("Put {} into quarantine: relook fails on it", origin.place(), thrown);
    try (Quarantine quarantine = open(settings)) {
      quarantine.write(
          origin, new Entry(quarantine.crashes(origin), PoisonMessages.failed(thrown)));
    } catch (IOException | UncheckedIOException e) {
      // The next attempt tries again.
      thrown.addSuppressed(e);
    }
  }

  private void write(KafkaRecord origin, Entry entry) throws IOException {
    try {
      store.put(
          object(origin), JSON.writeValueAsBytes(entry), "application/json", Optional.empty());
    } catch (ObjectUnavailableException e) {
      throw bucket.unusable(e);
    }
  }

  private S3Object object(KafkaRecord origin) {
    return bucket.object(BucketLayout.quarantined(origin));
  }

  @Override
  public void close() {
    store.close();
  }
}
