package io.relook.schemas.signing;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A signature as it travels in the record header {@link #HEADER}: {@code <key id>:<signature>}, the
 * signature in Base64.
 *
 * @param keyId names the key that verifies it
 * @param bytes Ed25519 signature (RFC 8032), 64 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RecordSignature(String keyId, byte[] bytes) {

  /** Name of the record header. */
  public static final String HEADER = "relook-mac";

  /** Bytes of an Ed25519 signature (RFC 8032, section 5.1.6). */
  private static final int LENGTH = 64;

  private static final Pattern FORM =
      Pattern.compile("(" + SigningKey.ID + "):([A-Za-z0-9+/]{86}==)");

  /** The value of the header. */
  public byte[] header() {
    return (keyId + ":" + Base64.getEncoder().encodeToString(bytes))
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads the value of a header; empty when it has another form. */
  public static Optional<RecordSignature> read(byte[] header) {
    if (header.length > 200) {
      return Optional.empty();
    }
    Matcher matcher = FORM.matcher(new String(header, StandardCharsets.US_ASCII));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    byte[] bytes = Base64.getDecoder().decode(matcher.group(2));
    return bytes.length == LENGTH
        ? Optional.of(new RecordSignature(matcher.group(1), bytes))
        : Optional.empty();
  }
}
