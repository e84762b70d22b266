package io.relook.learning.detectors;

import io.relook.learning.backbone.Tap;
import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.embedding.PooledEmbedding;
import io.relook.learning.linalg.ScatterMatrix;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.statistics.ShrunkCovariance;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Mahalanobis distance of the picture as a whole from the good ones: s = |(z − μ) A|, where z is
 * the pooled vector and A Aᵀ the inverse of its {@link ShrunkCovariance}.
 *
 * <p>Shapes: z [1, d], A [d, d], where d is the number of channels of all taps. Cost: one Cholesky
 * decomposition per fit, d² operations per picture. Source: Rippel et al., "Modeling the
 * Distribution of Normal Data in Pre-Trained Deep Features for Anomaly Detection", ICPR 2020.
 */
record Mahalanobis(List<Tap> taps) implements Detector {

  @Override
  public String name() {
    return Detectors.MAHALANOBIS;
  }

  @Override
  public boolean learnsFromAnomalies() {
    return false;
  }

  @Override
  public FittedDetector fit(DetectorInput input) {
    ShrunkCovariance shrunk = ShrunkCovariance.of(List.of(input.good().pooled()));
    return new Fitted(
        taps,
        PatchSpace.floats(shrunk.mean()),
        PatchSpace.floats(ScatterMatrix.whitening(shrunk.covariance()).data));
  }

  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Fitted(List<Tap> taps, float[] mean, float[] whitening) implements FittedDetector {

    @Override
    public String name() {
      return Detectors.MAHALANOBIS;
    }

    @Override
    public List<String> statistics() {
      return List.of("distance");
    }

    @Override
    public Outputs addTo(OnnxGraph graph, Map<String, String> values) {
      int d = mean.length;
      String centred =
          graph.node(
              "Sub",
              PooledEmbedding.addTo(graph, values, taps),
              graph.floats("pooled_mean", mean, d));
      String white =
          graph.node("MatMul", centred, graph.floats("pooled_whitening", whitening, d, d));
      return new Outputs(
          List.of(
              graph.node(
                  "ReduceL2", Map.of("keepdims", 0L), white, graph.integers("last_axis", 1))),
          Optional.empty());
    }
  }
}
