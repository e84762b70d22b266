package io.relook.learning.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.onnx.OnnxSession;
import io.relook.learning.picture.Picture;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * An exported model file that scores pictures. Safe for use by several threads. It uses the file's
 * threshold, which ONNX Runtime's Java API cannot override; for another threshold, compare the
 * score.
 */
public final class DetectionModel implements AutoCloseable {

  private static final Set<String> OUTPUTS =
      Set.of("score", "confidence", "is_anomalous", "anomaly_map", "threshold");

  private final OnnxSession session;

  private DetectionModel(OnnxSession session) {
    this.session = session;
  }

  /** Opens a model file to run on the processor. */
  public static DetectionModel open(byte[] onnx, int threads) {
    return open(onnx, threads, ExecutionProvider.CPU);
  }

  /**
   * Opens a model file.
   *
   * @param threads processor threads one detection may use
   * @param provider what it runs on
   * @throws io.relook.learning.onnx.OnnxFailedException if the bytes are not a model file
   */
  public static DetectionModel open(byte[] onnx, int threads, ExecutionProvider provider) {
    return new DetectionModel(new OnnxSession(onnx, threads, provider));
  }

  /** Scores one picture. */
  public Detection detect(Picture picture) {
    try (OnnxTensor image = session.bytes(picture.rgb(), 1, picture.height(), picture.width(), 3)) {
      return session.run(
          Map.of("image", image),
          OUTPUTS,
          outputs -> {
            float[] map = new float[picture.width() * picture.height()];
            output(outputs, "anomaly_map").getFloatBuffer().get(map);
            return new Detection(
                number(outputs, "score"),
                number(outputs, "confidence"),
                output(outputs, "is_anomalous").getByteBuffer().get(0) != 0,
                number(outputs, "threshold"),
                map,
                picture.width(),
                picture.height());
          });
    }
  }

  /** The model card inside the file. */
  public Map<String, String> metadata() {
    return session.metadata();
  }

  private static double number(Map<String, OnnxTensor> outputs, String name) throws OrtException {
    return output(outputs, name).getFloatBuffer().get(0);
  }

  private static OnnxTensor output(Map<String, OnnxTensor> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name));
  }

  @Override
  public void close() {
    session.close();
  }
}
