package io.relook.job.signing;

import java.io.Serializable;
import java.util.List;

/**
 * How the data pipeline verifies cut markers.
 *
 * @param keys refer to the public keys that are trusted
 * @param unsignedUntil time before which a marker must have been appended to be taken without a
 *     signature, in milliseconds since the epoch; {@link Long#MIN_VALUE} takes none
 */
public record VerificationSettings(List<KeyReference> keys, long unsignedUntil)
    implements Serializable {

  public VerificationSettings {
    keys = List.copyOf(keys);
  }

  /**
   * Reads the keys.
   *
   * @throws IllegalStateException when one is not there
   * @throws IllegalArgumentException when one is not a public key
   */
  public MarkerVerification open() {
    return new MarkerVerification(KeyReference.verifyKeys(keys), unsignedUntil);
  }
}
