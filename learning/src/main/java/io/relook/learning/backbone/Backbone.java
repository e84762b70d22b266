package io.relook.learning.backbone;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
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
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A frozen feature network with its preprocessing: an ONNX file and the descriptor that names its
 * input and the outputs kept as features. Immutable.
 */
public final class Backbone {

  /** The preprocessing uses antialiased resizing, which exists since ONNX opset 18. */
  private static final int MIN_OPSET = 18;

  /** A descriptor has a few lines. */
  private static final int MAX_DESCRIPTOR_BYTES = 64 * 1024;

  /** Every model file contains the backbone, so its size is limited; a ViT-B is smaller. */
  static final long MAX_ONNX_BYTES = 512L * 1024 * 1024;

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
    if (opset < MIN_OPSET) {
      throw new IllegalArgumentException(
          "Backbone %s has opset %d; convert it to opset %d or newer (onnx.version_converter)."
              .formatted(descriptor.name(), opset, MIN_OPSET));
    }
    requireSelfContained(descriptor, model);
    requireInput(descriptor, model);
    Set<String> outputs =
        model.getGraph().getOutputList().stream()
            .map(ValueInfoProto::getName)
            .collect(Collectors.toSet());
    for (Tap tap : descriptor.taps()) {
      if (!outputs.contains(tap.name())) {
        throw new IllegalArgumentException(
            "Backbone %s has no output %s, which its descriptor names as a tap; its outputs are %s."
                .formatted(descriptor.name(), tap.name(), abbreviated(outputs)));
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
   * Reads a descriptor and the ONNX file beside it that it names, and runs the network on small
   * pictures to check it.
   *
   * @throws IOException if one of the files cannot be read
   * @throws IllegalArgumentException if they cannot be used; the message names the fix
   */
  public static Backbone load(Path descriptor) throws IOException {
    byte[] json = read(descriptor, MAX_DESCRIPTOR_BYTES);
    BackboneDescriptor parsed;
    try {
      parsed = JSON.readValue(json, BackboneDescriptor.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s is not a backbone descriptor: %s".formatted(descriptor, e.getOriginalMessage()), e);
    }
    if (parsed == null || parsed.file() == null) {
      throw new IllegalArgumentException(
          "%s is not a backbone descriptor: it names no ONNX file; add it as file."
              .formatted(descriptor));
    }
    byte[] onnx = read(descriptor.resolveSibling(parsed.file()), MAX_ONNX_BYTES);
    String digest = HexFormat.of().formatHex(sha256().digest(onnx));
    if (parsed.sha256() != null && !parsed.sha256().equals(digest)) {
      throw new IllegalArgumentException(
          "Backbone %s: %s has the SHA-256 digest %s, its descriptor says %s; copy the file again."
              .formatted(parsed.name(), parsed.file(), digest, parsed.sha256()));
    }
    Backbone backbone = new Backbone(json, parsed, onnx);
    Trial.of(backbone);
    return backbone;
  }

  /** Reads at most one byte more than allowed: the file system may report a wrong size. */
  private static byte[] read(Path file, long max) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8L, max + 1));
      if (bytes.length > max) {
        throw new IllegalArgumentException(
            "%s is too large: it has more than %d bytes.".formatted(file, max));
      }
      return bytes;
    }
  }

  /** The network is embedded into other graphs, so it must consist of standard operators only. */
  private static void requireSelfContained(BackboneDescriptor descriptor, ModelProto model) {
    for (TensorProto weights : model.getGraph().getInitializerList()) {
      if (weights.getExternalDataCount() > 0) {
        throw new IllegalArgumentException(
            "Backbone %s keeps weights outside %s; save it as one file (onnx.save, save_as_external_data=False)."
                .formatted(descriptor.name(), descriptor.file()));
      }
    }
    if (model.getFunctionsCount() > 0) {
      throw new IllegalArgumentException(
          "Backbone %s has functions of its own; inline them (onnx.inliner.inline_local_functions)."
              .formatted(descriptor.name()));
    }
    for (NodeProto node : model.getGraph().getNodeList()) {
      if (!node.getDomain().isEmpty() && !node.getDomain().equals("ai.onnx")) {
        throw new IllegalArgumentException(
            "Backbone %s uses the operator %s of %s; export it with standard ONNX operators only."
                .formatted(descriptor.name(), node.getOpType(), node.getDomain()));
      }
      if (node.getAttributeList().stream().anyMatch(a -> a.hasG() || a.getGraphsCount() > 0)) {
        throw new IllegalArgumentException(
            "Backbone %s branches or loops (%s); export it without control flow."
                .formatted(descriptor.name(), node.getOpType()));
      }
    }
  }

  private static void requireInput(BackboneDescriptor descriptor, ModelProto model) {
    Set<String> initialised =
        model.getGraph().getInitializerList().stream()
            .map(TensorProto::getName)
            .collect(Collectors.toSet());
    List<ValueInfoProto> inputs =
        model.getGraph().getInputList().stream()
            .filter(input -> !initialised.contains(input.getName()))
            .toList();
    if (inputs.size() != 1 || !inputs.get(0).getName().equals(descriptor.input())) {
      throw new IllegalArgumentException(
          "Backbone %s has the inputs %s; it must have one, named %s as in its descriptor."
              .formatted(
                  descriptor.name(),
                  abbreviated(inputs.stream().map(ValueInfoProto::getName).toList()),
                  descriptor.input()));
    }
    var type = inputs.get(0).getType().getTensorType();
    if (type.getElemType() != TensorProto.DataType.FLOAT.getNumber()
        || type.getShape().getDimCount() != 4) {
      throw new IllegalArgumentException(
          "Backbone %s: input %s must be float [1, 3, height, width]."
              .formatted(descriptor.name(), descriptor.input()));
    }
  }

  /** Names from an untrusted file, cut off where they are long. */
  private static String abbreviated(Collection<String> names) {
    String all = String.join(", ", new TreeSet<>(names));
    return all.length() <= 200 ? all : all.substring(0, 200) + "…";
  }

  public BackboneDescriptor descriptor() {
    return descriptor;
  }

  /**
   * SHA-256 over descriptor and ONNX file, in hexadecimal. Names of stored features contain it, so
   * that features of different backbones are never mixed.
   */
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
   * @param size int64 [2], height and width of the network's input
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

  /** The values as a primitive array. */
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
