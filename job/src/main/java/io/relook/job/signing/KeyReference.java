package io.relook.job.signing;

import io.relook.schemas.signing.SigningKey;
import io.relook.schemas.signing.VerifyKeys;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a key is, as an option names it: {@code id:${file:/path}} or {@code id:${env:VARIABLE}}.
 *
 * @param id of the key
 * @param provider {@code file} or {@code env}
 * @param name path of the file, or name of the environment variable
 */
public record KeyReference(String id, String provider, String name) implements Serializable {
  private static final Pattern FORM = Pattern.compile("([^:]*):\\$\\{(file|env):([^}]+)}");

  /** Longest file: a key in PEM has about 120 bytes. */
  private static final int MAX_BYTES = 16 * 1024;

  /**
   * Reads the value of an option.
   *
   * @throws IllegalArgumentException when it has another form; the message holds nothing of the
   *     value, which may be a key
   */
  public static KeyReference parse(String option, String value) {
    Matcher matcher = FORM.matcher(value.strip());
    if (!matcher.matches() || !SigningKey.isId(matcher.group(1))) {
      throw new IllegalArgumentException(
          option
              + " does not refer to a key: write KEY-ID:${file:/path/of/the/key.pem} or"
              + " KEY-ID:${env:VARIABLE}, never the key itself. A key id has 1 to 64 letters,"
              + " digits, dots, hyphens or underscores.");
    }
    return new KeyReference(matcher.group(1), matcher.group(2), matcher.group(3));
  }

  /**
   * Reads the public keys that these refer to.
   *
   * @throws IllegalStateException when one is not there
   * @throws IllegalArgumentException when one is not a public key
   */
  static VerifyKeys verifyKeys(List<KeyReference> references) {
    Map<String, String> pems = new LinkedHashMap<>();
    references.forEach(reference -> pems.put(reference.id(), reference.resolve()));
    return VerifyKeys.read(pems);
  }

  /**
   * Reads the key, in PEM.
   *
   * @throws IllegalStateException when there is none
   */
  String resolve() {
    if (provider.equals("env")) {
      String value = System.getenv(name);
      if (value == null) {
        throw new IllegalStateException(
            "The environment variable "
                + name
                + " of the key "
                + id
                + " is not set: set it on every task manager.");
      }
      return value;
    }
    Path file = Path.of(name);
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalStateException(
            "The file " + file + " of the key " + id + " is too long for a key in PEM.");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(
          "The file "
              + file
              + " of the key "
              + id
              + " cannot be read: put it there on every task manager, readable for Flink's user.",
          e);
    }
  }
}
