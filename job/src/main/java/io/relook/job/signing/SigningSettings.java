package io.relook.job.signing;

import io.relook.schemas.signing.RecordSignature;
import io.relook.schemas.signing.SignedPlace;
import io.relook.schemas.signing.SigningKey;
import io.relook.schemas.signing.VerifyKeys;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
      Map<String, String> pems = new LinkedHashMap<>();
      trusted.forEach(reference -> pems.put(reference.id(), reference.resolve()));
      RecordSignature signature = signing.sign(TRIAL);
      if (!VerifyKeys.read(pems).verify(signature, TRIAL)) {
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
