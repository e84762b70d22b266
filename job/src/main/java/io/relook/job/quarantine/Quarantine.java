package io.relook.job.quarantine;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.job.s3.ObjectUnavailableException;
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
 * Messages under suspicion: one object each in relook's own bucket, {@code
 * poison/<topic>/<partition>-<offset>}, for what a process knows ends with it. Read once, when a
 * task starts, and written when a message comes under suspicion or is cleared of it. Safe for use
 * by several threads.
 *
 * <p>The object of a condemned message stays: read again, by a restart or a replay, the message is
 * rejected again. The same bytes sent again have another place in the log, and are tried anew.
 */
public final class Quarantine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
  private static final int MAX_BYTES = 16 * 1024;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ObjectStore store;
  private final String bucket;
  private final int maxCrashes;
  private final Map<String, Suspicion> known = new ConcurrentHashMap<>();

  /**
   * Why a message is under suspicion.
   *
   * @param crashes ends of the process while it was in work, the present attempt included
   * @param condemned the sentence for its rejection, once that is certain
   */
  record Suspicion(
      @JsonProperty("crashes") int crashes,
      @JsonProperty("condemned") @Nullable String condemned) {}

  private Quarantine(ObjectStore store, String bucket, int maxCrashes) {
    this.store = store;
    this.bucket = bucket;
    this.maxCrashes = maxCrashes;
  }

  /**
   * What is suspected now. A store that cannot be asked does not keep a task from starting: then
   * nobody is suspected, and a message that ends the process does so once more.
   */
  public static Quarantine open(QuarantineSettings settings) {
    Quarantine suspects =
        new Quarantine(settings.store().open(), settings.bucket(), settings.maxCrashes());
    suspects.load();
    return suspects;
  }

  /** What is suspected now, for a stage that only asks. */
  public static Quarantine known(QuarantineSettings settings) {
    try (Quarantine suspects = open(settings)) {
      return suspects;
    }
  }

  private void load() {
    try {
      for (String key : store.list(bucket, BucketLayout.QUARANTINE.prefix())) {
        Optional<byte[]> written = written(key);
        if (written.isPresent()) {
          Suspicion suspicion = JSON.readValue(written.get(), Suspicion.class);
          known.put(key, suspicion);
          LOG.warn("Under suspicion: {} after {} crashes", key, suspicion.crashes());
        }
      }
    } catch (ObjectUnavailableException | IOException | UncheckedIOException e) {
      LOG.warn("It cannot be read which messages ended a process before", e);
    }
  }

  /** What stands against a message; nothing when another task cleared it since it was listed. */
  private Optional<byte[]> written(String key) throws ObjectUnavailableException {
    try {
      return Optional.of(store.get(new S3Object(bucket, key, null), MAX_BYTES));
    } catch (ObjectUnavailableException e) {
      if (e.reason() == Reason.NO_SUCH_KEY) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Why a message must not be taken any more; nothing for all others. */
  public Optional<String> sentence(KafkaRecord origin) {
    Suspicion suspicion = known.get(key(origin));
    if (suspicion == null) {
      return Optional.empty();
    }
    if (suspicion.condemned() != null) {
      return Optional.of(suspicion.condemned());
    }
    return suspicion.crashes() < maxCrashes
        ? Optional.empty()
        : Optional.of(PoisonMessages.crashed(suspicion.crashes()));
  }

  /** The refusal of a message that must not be taken any more. */
  public Optional<RejectionReason> refusal(
      KafkaRecord origin,
      String stage,
      @Nullable String account,
      @Nullable String project,
      @Nullable String sourceRef) {
    return sentence(origin)
        .map(sentence -> PoisonMessages.refusal(stage, sentence, account, project, sourceRef));
  }

  /** How often the process has ended with this message in work. */
  public int crashes(KafkaRecord origin) {
    Suspicion suspicion = known.get(key(origin));
    return suspicion == null ? 0 : suspicion.crashes();
  }

  /** Notes a message as in work: should the process end now, it has done so once more. */
  public void inWork(KafkaRecord origin) throws IOException {
    write(origin, new Suspicion(crashes(origin) + 1, null));
  }

  /** Clears a message that was in work and did no harm. */
  public void cleared(KafkaRecord origin) throws IOException {
    try {
      store.remove(object(origin));
    } catch (ObjectUnavailableException e) {
      throw ownBucket(e);
    }
    known.remove(key(origin));
  }

  /**
   * Condemns a message on which a stage failed: after the restart that has to follow, it is
   * rejected where it is read.
   *
   * @param settings null condemns nobody
   */
  public static void add(
      @Nullable QuarantineSettings settings, KafkaRecord origin, Throwable thrown) {
    if (settings == null) {
      return;
    }
    LOG.error("Condemned {}, on which relook fails", origin.place(), thrown);
    try (Quarantine suspects = open(settings)) {
      suspects.write(
          origin, new Suspicion(suspects.crashes(origin), PoisonMessages.failed(thrown)));
    } catch (IOException | UncheckedIOException e) {
      // Its next turn condemns it again.
      thrown.addSuppressed(e);
    }
  }

  private void write(KafkaRecord origin, Suspicion suspicion) throws IOException {
    try {
      store.put(
          object(origin), JSON.writeValueAsBytes(suspicion), "application/json", Optional.empty());
    } catch (ObjectUnavailableException e) {
      throw ownBucket(e);
    }
  }

  private IOException ownBucket(ObjectUnavailableException e) {
    return new IOException(
        "relook's own bucket " + bucket + " cannot be used: check s3.bucket.", e);
  }

  private static String key(KafkaRecord origin) {
    return BucketLayout.quarantined(origin);
  }

  private S3Object object(KafkaRecord origin) {
    return new S3Object(bucket, key(origin), null);
  }

  @Override
  public void close() {
    store.close();
  }
}
