package io.relook.learning.backbone;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Describes how a backbone is used; read from JSON.
 *
 * @param name its name in provenance and model cards
 * @param file the ONNX file, beside the descriptor
 * @param sha256 digest of the ONNX file, in hexadecimal; null to skip that check
 * @param licence SPDX identifier of the weights' licence
 * @param input the ONNX file's input: float [1, 3, H, W], RGB
 * @param mean subtracted per channel from values 0..255
 * @param scale divisor per channel afterwards
 * @param taps outputs kept as features, from fine to coarse
 */
public record BackboneDescriptor(
    String name,
    String file,
    @Nullable String sha256,
    String licence,
    String input,
    List<Float> mean,
    List<Float> scale,
    List<Tap> taps) {

  /** Names become part of file metadata and events. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** A name without a folder, so that the file lies beside the descriptor. */
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  private static final int MAX_TAPS = 8;

  /** Of all taps together: the sums of products of so many channels have 4 MB per picture. */
  private static final int MAX_CHANNELS = 1024;

  /** The sides of the network's input are multiples of 32. */
  private static final int MAX_STRIDE = 32;

  public BackboneDescriptor {
    check(name, name, NAME, "name", "1 to 64 letters, digits, '.', '_' or '-'");
    check(name, file, FILE, "file", "the name of an ONNX file that lies beside the descriptor");
    check(name, licence, NAME, "licence", "an SPDX identifier");
    if (sha256 != null) {
      check(name, sha256, SHA_256, "sha256", "64 hexadecimal digits in lower case");
    }
    present(name, input, "input");
    present(name, mean, "mean");
    present(name, scale, "scale");
    present(name, taps, "taps");
    mean = List.copyOf(mean);
    scale = List.copyOf(scale);
    taps = List.copyOf(taps);
    if (mean.size() != 3
        || scale.size() != 3
        || mean.stream().anyMatch(m -> !Float.isFinite(m))
        || scale.stream().anyMatch(s -> !(s > 0) || !Float.isFinite(s))) {
      throw new IllegalArgumentException(
          "Backbone %s: mean and scale need three numbers each, scale above 0.".formatted(name));
    }
    if (taps.isEmpty() || taps.size() > MAX_TAPS) {
      throw new IllegalArgumentException(
          "Backbone %s has %d taps; name 1 to %d outputs under taps."
              .formatted(name, taps.size(), MAX_TAPS));
    }
    Set<String> names = new HashSet<>();
    int finer = 0;
    long channels = 0;
    for (Tap tap : taps) {
      check(name, tap.name(), NAME, "a tap's name", "1 to 64 letters, digits, '.', '_' or '-'");
      if (!names.add(tap.name())) {
        throw new IllegalArgumentException(
            "Backbone %s names the tap %s twice; name each output once."
                .formatted(name, tap.name()));
      }
      channels += tap.channels();
      if (tap.channels() < 1
          || channels > MAX_CHANNELS
          || tap.stride() < 1
          || tap.stride() > MAX_STRIDE) {
        throw new IllegalArgumentException(
            "Backbone %s: tap %s has %d channels at stride %d; channels are 1 to %d of all taps together, strides 1 to %d."
                .formatted(
                    name, tap.name(), tap.channels(), tap.stride(), MAX_CHANNELS, MAX_STRIDE));
      }
      if (tap.stride() < finer) {
        throw new IllegalArgumentException(
            "Backbone %s: tap %s is finer than the one before it; list taps from fine to coarse."
                .formatted(name, tap.name()));
      }
      finer = tap.stride();
    }
  }

  private static void present(@Nullable String name, @Nullable Object value, String member) {
    if (value == null) {
      throw new IllegalArgumentException(
          "The descriptor of backbone %s lacks %s; add it.".formatted(abbreviated(name), member));
    }
  }

  private static void check(
      @Nullable String name, @Nullable String value, Pattern rule, String member, String meaning) {
    present(name, value, member);
    if (value != null && !rule.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "Backbone %s: %s is '%s' and must be %s."
              .formatted(abbreviated(name), member, abbreviated(value), meaning));
    }
  }

  private static String abbreviated(@Nullable String value) {
    if (value == null) {
      return "without a name";
    }
    return value.length() <= 64 ? value : value.substring(0, 64) + "…";
  }
}
