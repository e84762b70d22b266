package io.relook.job.signing;

import io.relook.job.options.OptionReader;
import io.relook.schemas.signing.KeyFiles;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of the keys of cut markers. */
public final class SigningOptions {

  public static final ConfigOption<String> MARKERS_SIGNING_KEY =
      ConfigOptions.key(KeyFiles.SIGNING_KEY)
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Private Ed25519 key that cut markers and image retries are signed with, by reference:"
                  + " KEY-ID:${file:/path/key.pem} or KEY-ID:${env:VARIABLE}. The task managers"
                  + " read it when the job starts.");

  public static final ConfigOption<List<String>> MARKERS_VERIFY_KEYS =
      ConfigOptions.key(KeyFiles.VERIFY_KEYS)
          .stringType()
          .asList()
          .noDefaultValue()
          .withDescription(
              "Public Ed25519 keys that the data pipeline trusts, separated by semicolons, each by"
                  + " reference like markers.signing-key. To change the key: add the new one here,"
                  + " then sign with it, and drop the old one after the retention of the image"
                  + " topic.");

  public static final ConfigOption<String> MARKERS_UNSIGNED_UNTIL =
      ConfigOptions.key("markers.unsigned-until")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Time, such as 2026-12-01T09:00:00Z, before which the broker must have appended a cut"
                  + " marker for it to be taken without a signature. Set it once, to the time of"
                  + " the upgrade from a version that did not sign. Default: none is taken.");

  private SigningOptions() {}

  /**
   * Reads the options.
   *
   * @param verifies whether it runs the data pipeline, which needs the keys to verify with
   */
  public static MarkerSettings read(OptionReader options, boolean verifies) {
    List<KeyReference> trusted = verifyKeys(options);
    Optional<SigningSettings> signing = Optional.empty();
    String signingKey =
        options.required(
            MARKERS_SIGNING_KEY,
            "markers.signing-key is missing: make a key with 'relook markers create-key' and give"
                + " it as KEY-ID:${file:/path/key.pem}. Without it anybody who may send images"
                + " could send commands too.");
    if (!signingKey.isEmpty()) {
      signing =
          parse(options, MARKERS_SIGNING_KEY.key(), signingKey)
              .map(key -> new SigningSettings(key, trusted));
    }
    if (!verifies) {
      return new MarkerSettings(signing, Optional.empty());
    }
    options.require(
        options.find(MARKERS_VERIFY_KEYS).filter(given -> !given.isEmpty()).isPresent(),
        "markers.verify-keys is missing: give the public key of each markers.signing-key as"
            + " KEY-ID:${file:/path/key.pem}, separated by semicolons.");
    return new MarkerSettings(
        signing, Optional.of(new VerificationSettings(trusted, unsignedUntil(options))));
  }

  private static List<KeyReference> verifyKeys(OptionReader options) {
    List<KeyReference> keys = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (String given : options.find(MARKERS_VERIFY_KEYS).orElse(List.of())) {
      Optional<KeyReference> key = parse(options, MARKERS_VERIFY_KEYS.key(), given);
      if (key.isPresent()) {
        options.require(
            ids.add(key.get().id()),
            "markers.verify-keys names the key " + key.get().id() + " twice: give each id once.");
        keys.add(key.get());
      }
    }
    return keys;
  }

  private static Optional<KeyReference> parse(OptionReader options, String option, String value) {
    try {
      return Optional.of(KeyReference.parse(option, value));
    } catch (IllegalArgumentException e) {
      options.problem(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static long unsignedUntil(OptionReader options) {
    Optional<String> given = options.find(MARKERS_UNSIGNED_UNTIL);
    if (given.isEmpty()) {
      return Long.MIN_VALUE;
    }
    try {
      return Instant.parse(given.get()).toEpochMilli();
    } catch (DateTimeException e) {
      options.problem(
          "markers.unsigned-until is "
              + given.get()
              + ": write a time in UTC such as 2026-12-01T09:00:00Z.");
      return Long.MIN_VALUE;
    }
  }
}
