package io.relook.schemas.operation;

import io.relook.schemas.Sha256;
import io.relook.wire.S3Object;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** SHA-256 over a list of parameters. Different lists have different fingerprints. */
final class Fingerprint {

  private Fingerprint() {}

  static String of(String first, @Nullable S3Object object) {
    return object == null
        ? of(first)
        : of(Arrays.asList(first, object.getBucket(), object.getKey(), object.getVersionId()));
  }

  static String of(String part) {
    return of(List.of(part));
  }

  static String of(List<@Nullable String> parts) {
    String text = parts.stream().map(Fingerprint::part).collect(Collectors.joining());
    return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The length stands before the text, so that different lists never give the same text. */
  private static String part(@Nullable String text) {
    return text == null ? "-;" : text.length() + ":" + text + ";";
  }
}
