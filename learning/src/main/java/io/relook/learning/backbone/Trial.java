package io.relook.learning.backbone;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import io.relook.learning.onnx.OnnxFailedException;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.onnx.OnnxGraph.Type;
import io.relook.learning.onnx.OnnxSession;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a backbone on small pictures, to find out whether its outputs are as its descriptor says. A
 * wrong descriptor is thus reported at the start, not by a training that fails.
 */
final class Trial {

  /** Two aspect ratios, so that a network with a fixed input size fails. */
  private static final List<InputSize> SIZES =
      List.of(new InputSize(96, 64), new InputSize(64, 128));

  private Trial() {}

  /**
   * Runs the network.
   *
   * @throws IllegalArgumentException if its outputs are not as its descriptor says; the message
   *     names the fix
   */
  static void of(Backbone backbone) {
    BackboneDescriptor descriptor = backbone.descriptor();
    OnnxGraph graph = new OnnxGraph("features", backbone.opset());
    String image = graph.input("image", Type.UINT8, "1", "H", "W", "3");
    String size = graph.input("size", Type.INT64, "2");
    Set<String> outputs = new LinkedHashSet<>();
    try {
      for (Map.Entry<String, String> tap : backbone.addTo(graph, image, size).entrySet()) {
        graph.output(tap.getKey(), tap.getValue(), Type.FLOAT16, "", "", "", "");
        outputs.add(tap.getKey());
      }
      try (OnnxSession session = new OnnxSession(graph.toBytes(Map.of()), 1)) {
        for (InputSize inputSize : SIZES) {
          for (byte[] pixels : List.of(white(inputSize), stripes(inputSize))) {
            run(session, descriptor, inputSize, pixels, outputs);
          }
        }
      }
    } catch (OnnxFailedException e) {
      throw new IllegalArgumentException(
          ("Backbone %s does not run on pictures of several sizes: %s Its input %s must be float"
                  + " [1, 3, height, width] for any height and width that are multiples of 32.")
              .formatted(descriptor.name(), e.getMessage(), descriptor.input()),
          e);
    }
  }

  private static void run(
      OnnxSession session,
      BackboneDescriptor descriptor,
      InputSize size,
      byte[] pixels,
      Set<String> outputs) {
    try (OnnxTensor image = session.bytes(pixels, 1, size.height(), size.width(), 3);
        OnnxTensor target = session.integers(size.height(), size.width())) {
      session.run(
          Map.of("image", image, "size", target),
          outputs,
          values -> {
            for (Tap tap : descriptor.taps()) {
              OnnxTensor value = values.get(tap.name());
              if (value != null) {
                check(descriptor, tap, size, value);
              }
            }
            return size;
          });
    }
  }

  private static void check(
      BackboneDescriptor descriptor, Tap tap, InputSize size, OnnxTensor value)
      throws OrtException {
    long[] expected = {
      1, tap.channels(), size.height() / tap.stride(), size.width() / tap.stride()
    };
    long[] actual = value.getInfo().getShape();
    if (!Arrays.equals(actual, expected)) {
      throw new IllegalArgumentException(
          ("Backbone %s: output %s is %s for an input of %d x %d pixels and must be %s for %d"
                  + " channels at stride %d; correct the tap's channels and stride in the descriptor.")
              .formatted(
                  descriptor.name(),
                  tap.name(),
                  Arrays.toString(actual),
                  size.height(),
                  size.width(),
                  Arrays.toString(expected),
                  tap.channels(),
                  tap.stride()));
    }
    ShortBuffer halves = value.getShortBuffer();
    while (halves.hasRemaining()) {
      if (!Float.isFinite(Fp16Conversions.fp16ToFloat(halves.get()))) {
        throw new IllegalArgumentException(
            ("Backbone %s: output %s has values that are not finite in half precision, whose largest"
                    + " number is 65504; correct mean and scale, or export a network with smaller"
                    + " outputs.")
                .formatted(descriptor.name(), tap.name()));
      }
    }
  }

  private static byte[] white(InputSize size) {
    byte[] pixels = new byte[size.width() * size.height() * 3];
    Arrays.fill(pixels, (byte) 0xFF);
    return pixels;
  }

  /** Edges in all three colours, with black and white. */
  private static byte[] stripes(InputSize size) {
    byte[] pixels = new byte[size.width() * size.height() * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 37 + (i / (size.width() * 3)) * 11);
    }
    return pixels;
  }
}
