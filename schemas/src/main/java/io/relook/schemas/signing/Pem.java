package io.relook.schemas.signing;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Textual encoding of keys (RFC 7468). */
final class Pem {

  private Pem() {}

  /**
   * The bytes between the lines of this label.
   *
   * @throws IllegalArgumentException when there are none
   */
  static byte[] decode(String text, String label) {
    Matcher matcher =
        Pattern.compile(
                "-----BEGIN " + label + "-----([A-Za-z0-9+/=\\s]+)-----END " + label + "-----")
            .matcher(text);
    if (!matcher.find()) {
      throw new IllegalArgumentException("No " + label);
    }
    return Base64.getMimeDecoder().decode(matcher.group(1));
  }

  static String encode(byte[] der, String label) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
