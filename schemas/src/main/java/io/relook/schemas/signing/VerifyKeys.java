package io.relook.schemas.signing;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The public Ed25519 keys (RFC 8032) that are trusted, by id. Holds no secret, so nothing here can
 * leak by the time it takes. Safe for use by several threads.
 */
public final class VerifyKeys {
  private final Map<String, PublicKey> keys;

  private VerifyKeys(Map<String, PublicKey> keys) {
    this.keys = keys;
  }

  /**
   * Reads keys.
   *
   * @param pems the keys in PEM, {@code PUBLIC KEY} (X.509), by id
   * @throws IllegalArgumentException when one is not such a key
   */
  public static VerifyKeys read(Map<String, String> pems) {
    Map<String, PublicKey> keys = new LinkedHashMap<>();
    pems.forEach((id, pem) -> keys.put(id, read(id, pem)));
    return new VerifyKeys(keys);
  }

  private static PublicKey read(String id, String pem) {
    try {
      byte[] der = Pem.decode(pem, "PUBLIC KEY");
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The key "
              + id
              + " is not a public Ed25519 key in PEM: give the file that 'relook markers"
              + " create-key' or 'openssl pkey -pubout' writes.");
    }
  }

  /** Ids of the keys. */
  public Set<String> ids() {
    return Set.copyOf(keys.keySet());
  }

  /** Whether a trusted key made this signature over this message at this place. */
  public boolean verify(RecordSignature signature, SignedPlace place) {
    PublicKey key = keys.get(signature.keyId());
    if (key == null) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(place.bytes());
      return verifier.verify(signature.bytes());
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("The key " + signature.keyId() + " does not verify", e);
    }
  }
}
