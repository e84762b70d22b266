package io.relook.job.signing;

import io.relook.schemas.signing.VerifyKeys;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    Map<String, String> pems = new LinkedHashMap<>();
    keys.forEach(key -> pems.put(key.id(), key.resolve()));
    return new MarkerVerification(VerifyKeys.read(pems), unsignedUntil);
  }
}
