package io.relook.embedded;

import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidAlgorithmParameterException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Properties;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The keys under which objects can be encrypted: a stand-in for AWS KMS, in one file beside the
 * objects that only its owner can read.
 *
 * <p>A key has exactly the name it was created with: an id, an alias and the ARN of either are
 * different keys here.
 */
final class KmsKeys {
  private static final String FILE = "kms-keys.properties";
  private static final int KEY_BYTES = 32;

  /** Bytes of ciphertext that are decrypted together; memory never holds more. */
  private static final int SEGMENT_BYTES = 64 * 1024;

  private static final String ENABLED = "enabled:";
  private static final String DISABLED = "disabled:";

  /** Computes lengths, which are the same under every key. */
  private static final AesGcmHkdfStreaming LENGTHS;

  static {
    try {
      LENGTHS = cipher(new byte[KEY_BYTES]);
    } catch (InvalidAlgorithmParameterException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Path directory;
  private final Properties keys = new Properties();

  private KmsKeys(Path directory) {
    this.directory = directory;
  }

  /** The keys that exist in this directory. */
  static KmsKeys open(Path directory) throws IOException {
    KmsKeys keys = new KmsKeys(directory);
    Path file = directory.resolve(FILE);
    if (Files.exists(file)) {
      keys.keys.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
    }
    return keys;
  }

  /** Creates a key unless it exists. */
  synchronized void create(String id) {
    if (id.isBlank()) {
      throw new IllegalArgumentException("A KMS key needs an id");
    }
    if (keys.getProperty(id) == null) {
      byte[] material = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(material);
      keep(id, ENABLED + Base64.getEncoder().encodeToString(material));
    }
  }

  /**
   * Enables or disables a key.
   *
   * @throws IllegalArgumentException if there is no such key
   */
  synchronized void enable(String id, boolean enabled) {
    String key = keys.getProperty(id);
    if (key == null) {
      throw new IllegalArgumentException("There is no KMS key " + id);
    }
    keep(id, (enabled ? ENABLED : DISABLED) + key.substring(key.indexOf(':') + 1));
  }

  /**
   * The cipher of a key. It is authenticated (AES-256-GCM), has its own key for each stream, and
   * detects segments that are reordered or missing.
   *
   * @throws S3Exception with S3's answer, when the key does not exist or is disabled
   */
  synchronized AesGcmHkdfStreaming cipher(String id) {
    String key = keys.getProperty(id);
    if (key == null) {
      throw error("NotFoundException", "Key '" + id + "' does not exist");
    }
    if (key.startsWith(DISABLED)) {
      throw error("DisabledException", id + " is disabled.");
    }
    try {
      return cipher(Base64.getDecoder().decode(key.substring(ENABLED.length())));
    } catch (InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("The KMS key " + id + " in " + FILE + " is damaged", e);
    }
  }

  /** Length of an encrypted stream, in bytes. */
  static long sealedLength(long plainLength) {
    return LENGTHS.expectedCiphertextSize(plainLength);
  }

  private static AesGcmHkdfStreaming cipher(byte[] material)
      throws InvalidAlgorithmParameterException {
    return new AesGcmHkdfStreaming(material, "HmacSha256", KEY_BYTES, SEGMENT_BYTES, 0);
  }

  /** An error of KMS as S3 reports it. */
  static S3Exception error(String name, String message) {
    return (S3Exception)
        S3Exception.builder()
            .message(message)
            .statusCode(400)
            .awsErrorDetails(
                AwsErrorDetails.builder().errorCode("KMS." + name).errorMessage(message).build())
            .build();
  }

  private void keep(String id, String key) {
    Properties changed = new Properties();
    changed.putAll(keys);
    changed.setProperty(id, key);
    StringWriter text = new StringWriter();
    try {
      changed.store(text, null);
      PrivateFiles.write(directory, FILE, text.toString());
    } catch (IOException e) {
      throw new UncheckedIOException("The KMS keys in " + directory + " cannot be written", e);
    }
    keys.setProperty(id, key);
  }

  @Override
  public synchronized String toString() {
    return String.format(Locale.ROOT, "KmsKeys[%d]", keys.size());
  }
}
