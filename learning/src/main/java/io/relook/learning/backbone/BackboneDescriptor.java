package io.relook.learning.backbone;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What must be known to use a backbone; read from JSON.
 *
 * @param name its name in provenance and model cards
 * @param file the ONNX file, beside the descriptor
 * @param licence SPDX identifier of the weights' licence
 * @param input the ONNX file's input: float [1, 3, H, W], RGB
 * @param mean subtracted per channel from values 0..255
 * @param scale divisor per channel afterwards
 * @param taps outputs kept as features, from fine to coarse
 */
public record BackboneDescriptor(
    String name,
    String file,
    String licence,
    String input,
    List<Float> mean,
    List<Float> scale,
    List<Tap> taps) {

  public BackboneDescriptor {
    mean = List.copyOf(mean);
    scale = List.copyOf(scale);
    taps = List.copyOf(taps);
    if (mean.size() != 3 || scale.size() != 3 || scale.stream().anyMatch(s -> !(s > 0))) {
      throw new IllegalArgumentException(
          "Backbone %s: mean and scale need three numbers each, scale above 0.".formatted(name));
    }
    Set<String> names = new HashSet<>();
    for (Tap tap : taps) {
      if (!names.add(tap.name()) || tap.channels() < 1 || tap.stride() < 1) {
        throw new IllegalArgumentException(
            "Backbone %s: taps need different names, channels and strides above 0."
                .formatted(name));
      }
    }
    if (taps.isEmpty()) {
      throw new IllegalArgumentException("Backbone %s has no taps.".formatted(name));
    }
  }
}
