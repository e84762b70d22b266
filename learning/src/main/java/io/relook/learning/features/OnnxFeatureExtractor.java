package io.relook.learning.features;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.backbone.InputSize;
import io.relook.learning.backbone.Tap;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.onnx.OnnxGraph.Type;
import io.relook.learning.onnx.OnnxSession;
import io.relook.learning.picture.Picture;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs a backbone with its preprocessing as one ONNX graph, from uint8 pixels to half-precision
 * taps. The exported model begins with the same nodes.
 */
public final class OnnxFeatureExtractor implements FeatureExtractor {

  private final List<Tap> taps;
  private final Set<String> tapNames;
  private final int area;
  private final OnnxSession session;

  /** Extracts on the processor. */
  public OnnxFeatureExtractor(Backbone backbone, int area, int threads) {
    this(backbone, area, threads, ExecutionProvider.CPU);
  }

  /**
   * @param area pixels of the network's input, for pictures of any size
   * @param threads processor threads one extraction may use
   * @param provider what the network runs on
   */
  public OnnxFeatureExtractor(
      Backbone backbone, int area, int threads, ExecutionProvider provider) {
    this.taps = backbone.descriptor().taps();
    this.tapNames = taps.stream().map(Tap::name).collect(Collectors.toUnmodifiableSet());
    this.area = area;
    this.session = new OnnxSession(graph(backbone), threads, provider);
  }

  private static byte[] graph(Backbone backbone) {
    OnnxGraph graph = new OnnxGraph("features", backbone.opset());
    String image = graph.input("image", Type.UINT8, "1", "H", "W", "3");
    String size = graph.input("size", Type.INT64, "2");
    backbone
        .addTo(graph, image, size)
        .forEach((tap, value) -> graph.output(tap, value, Type.FLOAT16, "1", "", "", ""));
    return graph.toBytes(Map.of());
  }

  @Override
  public Features extract(Picture picture) {
    InputSize size = InputSize.forPicture(picture.width(), picture.height(), area);
    try (OnnxTensor image = session.bytes(picture.rgb(), 1, picture.height(), picture.width(), 3);
        OnnxTensor target = session.integers(size.height(), size.width())) {
      return session.run(
          Map.of("image", image, "size", target),
          tapNames,
          outputs -> {
            List<FeatureGrid> grids = new ArrayList<>();
            for (Tap tap : taps) {
              grids.add(grid(tap, Objects.requireNonNull(outputs.get(tap.name()))));
            }
            return new Features(picture.width(), picture.height(), grids);
          });
    }
  }

  private static FeatureGrid grid(Tap tap, OnnxTensor tensor) throws OrtException {
    long[] shape = tensor.getInfo().getShape();
    ShortBuffer values = tensor.getShortBuffer();
    short[] halves = new short[values.remaining()];
    values.get(halves);
    return new FeatureGrid(tap.name(), (int) shape[1], (int) shape[2], (int) shape[3], halves);
  }

  @Override
  public void close() {
    session.close();
  }
}
