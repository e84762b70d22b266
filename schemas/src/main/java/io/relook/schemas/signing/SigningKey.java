package io.relook.schemas.signing;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.regex.Pattern;

/** A private Ed25519 key (RFC 8032) with its id. Safe for use by several threads. */
public final class SigningKey {

  /** Form of the ids of keys. */
  static final String ID = "[A-Za-z0-9._-]{1,64}";

  private static final Pattern ID_PATTERN = Pattern.compile(ID);

  private final String id;
  private final PrivateKey key;

  private SigningKey(String id, PrivateKey key) {
    this.id = id;
    this.key = key;
  }

  /** Whether a text can be the id of a key: 1 to 64 letters, digits, dots, hyphens, underscores. */
  public static boolean isId(String text) {
    return ID_PATTERN.matcher(text).matches();
  }

  /**
   * Reads a key.
   *
   * @param pem the key in PEM, {@code PRIVATE KEY} (PKCS #8), as {@code openssl genpkey -algorithm
   *     ed25519} writes it
   * @throws IllegalArgumentException when it is not such a key; the message never holds the key
   */
  public static SigningKey read(String id, String pem) {
    try {
      byte[] der = Pem.decode(pem, "PRIVATE KEY");
      return new SigningKey(
          id, KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Without the cause: a message of the parser may quote what it read.
      throw new IllegalArgumentException(
          "The key "
              + id
              + " is not a private Ed25519 key in PEM (PKCS #8): make one with 'relook markers"
              + " create-key', or with 'openssl genpkey -algorithm ed25519'.");
    }
  }

  /** Its id. */
  public String id() {
    return id;
  }

  /** Signs a message at its place. Equal inputs have equal signatures. */
  public RecordSignature sign(SignedPlace place) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(place.bytes());
      return new RecordSignature(id, signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("The key " + id + " does not sign", e);
    }
  }

  @Override
  public String toString() {
    return "SigningKey[" + id + "]";
  }
}
