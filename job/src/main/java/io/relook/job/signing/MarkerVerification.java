package io.relook.job.signing;

import io.relook.job.kafka.KafkaRecord;
import io.relook.schemas.Excerpt;
import io.relook.schemas.signing.RecordSignature;
import io.relook.schemas.signing.SignedPlace;
import io.relook.schemas.signing.VerifyKeys;
import java.time.Instant;
import java.util.Optional;

/** Decides whether the job wrote a cut marker: {@code (record, keys) → violation}. Pure. */
public final class MarkerVerification {
  private static final String ONLY_THE_JOB = " Only the job writes cut markers.";

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
   * Why a marker is not taken, as a sentence; empty when the job wrote it.
   *
   * @param record with the marker's exact bytes
   */
  public Optional<String> violation(KafkaRecord record) {
    byte[] header = record.signature();
    if (header == null) {
      return record.timestamp() < unsignedUntil
          ? Optional.empty()
          : Optional.of("The cut marker has no signature." + ONLY_THE_JOB + upgrade());
    }
    Optional<RecordSignature> signature = RecordSignature.read(header);
    if (signature.isEmpty()) {
      return Optional.of(
          "The header "
              + RecordSignature.HEADER
              + " of the cut marker is not a signature."
              + ONLY_THE_JOB);
    }
    String keyId = signature.get().keyId();
    if (!keys.ids().contains(keyId)) {
      return Optional.of(
          "The cut marker is signed with the key "
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
          "The signature of the cut marker does not fit its bytes, topic and partition."
              + ONLY_THE_JOB);
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
