package io.relook.job.signing;

import io.relook.schemas.signing.RecordSignature;
import io.relook.schemas.signing.SignedPlace;
import io.relook.schemas.signing.SigningKey;
import java.io.Serializable;
import java.util.List;

/**
 * How the control pipeline signs cut markers.
 *
 * @param key refers to the private key
 * @param trusted refer to the public keys that the same job verifies with; empty when another job
 *     verifies
 */
public record SigningSettings(KeyReference key, List<KeyReference> trusted)
    implements Serializable {

  private static final SignedPlace TRIAL = new SignedPlace("", 0, new byte[0]);

  public SigningSettings {
    trusted = List.copyOf(trusted);
  }

  /**
   * Reads the key.
   *
   * @throws IllegalStateException when a key is not there, or this job does not trust the signing
   *     key: every project would stand still
   * @throws IllegalArgumentException when one is not a key
   */
  public SigningKey open() {
    SigningKey signing = SigningKey.read(key.id(), key.resolve());
    if (!trusted.isEmpty()) {
      RecordSignature signature = signing.sign(TRIAL);
      if (!KeyReference.verifyKeys(trusted).verify(signature, TRIAL)) {
        throw new IllegalStateException(
            "markers.signing-key is the key "
                + key.id()
                + ", and markers.verify-keys has no public key of that id that fits: add it there"
                + " before this job signs with it.");
      }
    }
    return signing;
  }
}
