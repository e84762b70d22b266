package io.relook.learning.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Builds one ONNX graph, node by node. A value is a name; names of nodes and their outputs contain
 * a counter, so equal calls give equal bytes. Not safe for use by several threads.
 */
public final class OnnxGraph {

  /** Element types, by their number in onnx.proto. */
  public enum Type {
    FLOAT(1, 4),
    UINT8(2, 1),
    INT64(7, 8),
    BOOL(9, 1),
    FLOAT16(10, 2);

    final int number;
    final int bytes;

    Type(int number, int bytes) {
      this.number = number;
      this.bytes = bytes;
    }
  }

  /**
   * From version 4 on an initializer need not be an input. Version 8 belongs to opset 18, and
   * runtimes since 2022 read it.
   */
  public static final int IR_VERSION = 8;

  private final int opset;
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Map<Object, String> shared = new HashMap<>();
  private int count;

  public OnnxGraph(String name, int opset) {
    this.opset = opset;
    graph.setName(name);
  }

  /**
   * Declares an input.
   *
   * @param shape each dimension: digits for a fixed one, else a symbolic name
   */
  public String input(String name, Type type, String... shape) {
    graph.addInput(valueInfo(name, type, shape));
    return name;
  }

  /** Declares an existing value as an output. */
  public void output(String name, Type type, String... shape) {
    graph.addOutput(valueInfo(name, type, shape));
  }

  /** Gives a value its public name and declares it as an output. */
  public void output(String name, String value, Type type, String... shape) {
    graph.addNode(
        NodeProto.newBuilder().setOpType("Identity").setName(name).addInput(value).addOutput(name));
    output(name, type, shape);
  }

  /**
   * Adds a constant tensor.
   *
   * @param hint beginning of its name; part of the model's bytes
   */
  public String floats(String hint, float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return initializer(fresh(hint), Type.FLOAT, bytes, shape);
  }

  /** Adds a constant float [1]. */
  public String scalar(String hint, float value) {
    return floats(hint, new float[] {value});
  }

  /** Adds a constant int64 [n], as shapes, axes and counts are given. */
  public String integers(String hint, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return initializer(fresh(hint), Type.INT64, bytes, values.length);
  }

  /** Adds a float [1] that is both initializer and input: a default that callers may override. */
  public String overridable(String name, float value) {
    ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, value);
    graph.addInput(valueInfo(name, Type.FLOAT, "1"));
    return initializer(name, Type.FLOAT, bytes, 1);
  }

  private String initializer(String name, Type type, ByteBuffer bytes, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.number)
            .setRawData(ByteString.copyFrom(bytes.array()));
    for (long side : shape) {
      tensor.addDims(side);
    }
    graph.addInitializer(tensor);
    return name;
  }

  /** Adds a node without attributes and returns the name of its first output. */
  public String node(String op, String... inputs) {
    return node(op, Map.of(), inputs);
  }

  /**
   * Adds a node and returns the name of its output.
   *
   * @param attributes of type Long, Float, String or long[]
   * @param inputs names of values; an empty one is an absent input
   */
  public String node(String op, Map<String, ?> attributes, String... inputs) {
    return nodes(op, attributes, 1, inputs).get(0);
  }

  /** Adds a node with several outputs and returns their names. */
  public List<String> nodes(String op, Map<String, ?> attributes, int outputs, String... inputs) {
    String name = fresh(op);
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(op).setName(name);
    node.addAllInput(List.of(inputs));
    for (int i = 0; i < outputs; i++) {
      node.addOutput(outputs == 1 ? name : name + "_" + i);
    }
    new TreeMap<String, Object>(attributes)
        .forEach((key, value) -> node.addAttribute(attribute(key, value)));
    graph.addNode(node);
    return List.copyOf(node.getOutputList());
  }

  /** The value that was added for an equal key before, or else the one that {@code nodes} adds. */
  public String shared(Object key, Supplier<String> nodes) {
    String value = shared.get(key);
    if (value == null) {
      value = nodes.get();
      shared.put(key, value);
    }
    return value;
  }

  /** Adds a cast. */
  public String cast(String value, Type to) {
    return node("Cast", Map.of("to", (long) to.number), value);
  }

  /**
   * Copies another graph into this one.
   *
   * @param prefix for all its names
   * @param inputs the other graph's input names → values of this graph
   * @return the other graph's output names → values of this graph
   */
  public Map<String, String> embed(GraphProto other, String prefix, Map<String, String> inputs) {
    graph.addAllInitializer(
        other.getInitializerList().stream()
            .map(t -> t.toBuilder().setName(prefix + t.getName()).build())
            .toList());
    for (NodeProto node : other.getNodeList()) {
      NodeProto.Builder copy =
          node.toBuilder().clearInput().clearOutput().setName(prefix + node.getName());
      for (String input : node.getInputList()) {
        String outside = inputs.get(input);
        copy.addInput(outside != null ? outside : input.isEmpty() ? "" : prefix + input);
      }
      node.getOutputList().forEach(o -> copy.addOutput(o.isEmpty() ? "" : prefix + o));
      graph.addNode(copy);
    }
    Map<String, String> outputs = new TreeMap<>();
    other.getOutputList().forEach(o -> outputs.put(o.getName(), prefix + o.getName()));
    return outputs;
  }

  /** The file, with metadata sorted by key, so that equal graphs give equal bytes. */
  public byte[] toBytes(Map<String, String> metadata) {
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("relook")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
            .setGraph(graph);
    new TreeMap<>(metadata)
        .forEach(
            (key, value) ->
                model.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return model.build().toByteArray();
  }

  private String fresh(String hint) {
    return hint + "_" + count++;
  }

  private static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
    if (value instanceof Long number) {
      attribute.setType(AttributeProto.AttributeType.INT).setI(number);
    } else if (value instanceof Float number) {
      attribute.setType(AttributeProto.AttributeType.FLOAT).setF(number);
    } else if (value instanceof String text) {
      attribute.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
    } else if (value instanceof long[] numbers) {
      attribute.setType(AttributeProto.AttributeType.INTS);
      for (long number : numbers) {
        attribute.addInts(number);
      }
    } else {
      throw new IllegalArgumentException(
          "Attribute %s is a %s; it must be a Long, Float, String or long[]."
              .formatted(name, value.getClass().getName()));
    }
    return attribute.build();
  }

  private static ValueInfoProto valueInfo(String name, Type type, String... shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    for (String side : shape) {
      var dim = TensorShapeProto.Dimension.newBuilder();
      if (!side.isEmpty() && side.chars().allMatch(Character::isDigit)) {
        dim.setDimValue(Long.parseLong(side));
      } else {
        dim.setDimParam(side);
      }
      dims.addDim(dim);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.number).setShape(dims)))
        .build();
  }
}
