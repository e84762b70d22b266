package io.relook.job.signing;

import io.relook.job.kafka.KafkaRecord;
import io.relook.schemas.Excerpt;
import io.relook.schemas.signing.RecordSignature;
import io.relook.schemas.signing.SignedPlace;
import io.relook.schemas.signing.VerifyKeys;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides whether the job wrote a cut marker or an image retry: {@code (record, keys) → violation}.
 * Pure.
 */
public final class MarkerVerification {
  private static final String MARKER = "cut marker";
  private static final String RETRY = "image retry";

  private final VerifyKeys keys;
  private final long unsignedUntil;

  /**
   * @param unsignedUntil append time before which a marker without a signature is taken, in
   *     milliseconds since the epoch
   */
  public MarkerVerification(VerifyKeys keys, long unsignedUntil) {
    this.keys = keys;
    this.unsignedUntil = unsignedUntil;
  }

  /**
   * Why a cut marker is not taken, as a sentence; empty when the job wrote it.
   *
   * @param record with the marker's exact bytes
   */
  public Optional<String> ofMarker(KafkaRecord record) {
    if (record.signature() == null) {
      return record.timestamp() < unsignedUntil
          ? Optional.empty()
          : Optional.of("The cut marker has no signature." + onlyTheJob(MARKER) + upgrade());
    }
    return violation(MARKER, record);
  }

  /**
   * Why an image retry is not taken, as a sentence; empty when the job wrote it.
   *
   * @param record with the retry's exact bytes
   */
  public Optional<String> ofRetry(KafkaRecord record) {
    return violation(RETRY, record);
  }

  private static String onlyTheJob(String what) {
    return " Only the job writes " + (what.equals(RETRY) ? "image retries" : "cut markers") + ".";
  }

  private Optional<String> violation(String what, KafkaRecord record) {
    byte[] header = record.signature();
    if (header == null) {
      return Optional.of("The " + what + " has no signature." + onlyTheJob(what));
    }
    Optional<RecordSignature> signature = RecordSignature.read(header);
    if (signature.isEmpty()) {
      return Optional.of(
          "The header "
              + RecordSignature.HEADER
              + " of the "
              + what
              + " is not a signature."
              + onlyTheJob(what));
    }
    String keyId = signature.get().keyId();
    if (!keys.ids().contains(keyId)) {
      return Optional.of(
          "The "
              + what
              + " is signed with the key "
              + Excerpt.quoted(keyId)
              + ", which is not one of markers.verify-keys ("
              + String.join(", ", keys.ids().stream().sorted().toList())
              + "): if the job signs with it, add its public key there and start the job again.");
    }
    byte[] value = record.value();
    if (value == null
        || !keys.verify(
            signature.get(), new SignedPlace(record.topic(), record.partition(), value))) {
      return Optional.of(
          "The signature of the "
              + what
              + " does not fit its bytes, topic and partition."
              + onlyTheJob(what));
    }
    return Optional.empty();
  }

  private String upgrade() {
    return unsignedUntil == Long.MIN_VALUE
        ? ""
        : " Those without a signature are taken when the broker appended them before "
            + Instant.ofEpochMilli(unsignedUntil)
            + " (markers.unsigned-until).";
  }
}
