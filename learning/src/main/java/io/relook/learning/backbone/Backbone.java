package io.relook.learning.backbone;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import io.relook.learning.onnx.OnnxGraph;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** A frozen feature network with its preprocessing. Immutable. */
public final class Backbone {

  /** Antialiased resizing, which relook puts in front, exists since ONNX opset 18. */
  private static final int OLDEST_OPSET = 18;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final BackboneDescriptor descriptor;
  private final ModelProto model;
  private final int opset;
  private final String digest;

  private Backbone(byte[] descriptorJson, BackboneDescriptor descriptor, byte[] onnx) {
    this.descriptor = descriptor;
    try {
      this.model = ModelProto.parseFrom(onnx);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "Backbone %s: %s is not an ONNX file.".formatted(descriptor.name(), descriptor.file()),
          e);
    }
    this.opset =
        (int)
            model.getOpsetImportList().stream()
                .filter(o -> o.getDomain().isEmpty())
                .mapToLong(OperatorSetIdProto::getVersion)
                .findFirst()
                .orElse(0);
    if (opset < OLDEST_OPSET) {
      throw new IllegalArgumentException(
          "Backbone %s has opset %d; convert it to opset %d or newer (onnx.version_converter)."
              .formatted(descriptor.name(), opset, OLDEST_OPSET));
    }
    Set<String> outputs =
        model.getGraph().getOutputList().stream()
            .map(ValueInfoProto::getName)
            .collect(Collectors.toSet());
    for (Tap tap : descriptor.taps()) {
      if (!outputs.contains(tap.name())) {
        throw new IllegalArgumentException(
            "Backbone %s has no output %s, which its descriptor names as a tap."
                .formatted(descriptor.name(), tap.name()));
      }
    }
    MessageDigest sha = sha256();
    sha.update(descriptorJson);
    sha.update(onnx);
    this.digest = HexFormat.of().formatHex(sha.digest());
  }

  /** The default: EfficientNet-Lite0, from this module's resources. */
  public static Backbone bundled() {
    try {
      byte[] json = resource("efficientnet-lite0.json");
      BackboneDescriptor descriptor = JSON.readValue(json, BackboneDescriptor.class);
      return new Backbone(json, descriptor, resource(descriptor.file()));
    } catch (IOException e) {
      throw new UncheckedIOException("The bundled backbone is not in the learning jar.", e);
    }
  }

  /**
   * Reads a descriptor and the ONNX file it names, which lies beside it.
   *
   * @throws IOException if one of them cannot be read
   * @throws IllegalArgumentException if they cannot be used, with what to change
   */
  public static Backbone load(Path descriptor) throws IOException {
    byte[] json = Files.readAllBytes(descriptor);
    BackboneDescriptor parsed;
    try {
      parsed = JSON.readValue(json, BackboneDescriptor.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s is no backbone descriptor: %s".formatted(descriptor, e.getOriginalMessage()), e);
    }
    if (parsed == null || parsed.file() == null) {
      throw new IllegalArgumentException(
          "%s is no backbone descriptor: it names no ONNX file.".formatted(descriptor));
    }
    return new Backbone(json, parsed, Files.readAllBytes(descriptor.resolveSibling(parsed.file())));
  }

  public BackboneDescriptor descriptor() {
    return descriptor;
  }

  /** SHA-256 over descriptor and ONNX file, in hexadecimal: names the features made with them. */
  public String digest() {
    return digest;
  }

  public int opset() {
    return opset;
  }

  /**
   * Adds preprocessing, the network and the cast to stored precision.
   *
   * @param image uint8 [1, H, W, 3], RGB
   * @param size int64 [2], height and width the network sees
   * @return the taps' names → values, float16 [1, channels, height, width]
   */
  public Map<String, String> addTo(OnnxGraph graph, String image, String size) {
    String planes =
        graph.node(
            "Transpose",
            Map.of("perm", new long[] {0, 3, 1, 2}),
            graph.cast(image, OnnxGraph.Type.FLOAT));
    String resized =
        graph.node(
            "Resize",
            Map.of(
                "mode",
                "linear",
                "antialias",
                1L,
                "coordinate_transformation_mode",
                "half_pixel",
                "axes",
                new long[] {2, 3}),
            planes,
            "",
            "",
            size);
    String centred =
        graph.node("Sub", resized, graph.floats("mean", array(descriptor.mean()), 1, 3, 1, 1));
    String normalised =
        graph.node("Div", centred, graph.floats("scale", array(descriptor.scale()), 1, 3, 1, 1));
    Map<String, String> outputs =
        graph.embed(model.getGraph(), "backbone/", Map.of(descriptor.input(), normalised));
    Map<String, String> taps = new LinkedHashMap<>();
    for (Tap tap : descriptor.taps()) {
      taps.put(
          tap.name(),
          graph.cast(Objects.requireNonNull(outputs.get(tap.name())), OnnxGraph.Type.FLOAT16));
    }
    return taps;
  }

  private static float[] array(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Backbone.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name);
      }
      return in.readAllBytes();
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }

  @Override
  public String toString() {
    return "Backbone[" + descriptor.name() + " " + digest.substring(0, 12) + "]";
  }
}
