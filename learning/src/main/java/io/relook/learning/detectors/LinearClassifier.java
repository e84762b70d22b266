package io.relook.learning.detectors;

import io.relook.learning.backbone.Tap;
import io.relook.learning.embedding.PooledEmbedding;
import io.relook.learning.linalg.ScatterMatrix;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.statistics.PictureSetStatistics;
import io.relook.learning.statistics.PooledSums;
import io.relook.learning.statistics.ShrunkCovariance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;

/**
 * Linear discriminant analysis with a shrunk covariance of both classes: s = (z − (μ₀ + μ₁) / 2) ·
 * w, w = Σ̂⁻¹ (μ₁ − μ₀), where z is the pooled vector. Its only regularisation is the shrinkage of
 * Ledoit and Wolf.
 *
 * <p>Shapes: z [1, d], w [d, 1]. Cost: one Cholesky decomposition per fit. Source: Friedman,
 * "Regularized Discriminant Analysis", 1989.
 */
record LinearClassifier(List<Tap> taps) implements Detector {

  @Override
  public String name() {
    return Detectors.LINEAR_CLASSIFIER;
  }

  @Override
  public boolean learnsFromAnomalies() {
    return true;
  }

  @Override
  public FittedDetector fit(DetectorInput input) {
    PooledSums good = input.good().pooled();
    PooledSums anomalous =
        PooledSums.joined(input.anomalous().stream().map(PictureSetStatistics::pooled).toList());
    ShrunkCovariance shrunk = ShrunkCovariance.of(List.of(good, anomalous));
    DMatrixRMaj whitening = ScatterMatrix.whitening(shrunk.covariance());
    double[] other = anomalous.scatter().mean();
    int d = other.length;
    double[] white = new double[d];
    for (int c = 0; c < d; c++) {
      double difference = other[c] - shrunk.mean()[c];
      for (int j = 0; j < d; j++) {
        white[j] += difference * whitening.data[c * d + j];
      }
    }
    float[] weights = new float[d];
    float[] middle = new float[d];
    for (int c = 0; c < d; c++) {
      double sum = 0;
      for (int j = 0; j < d; j++) {
        sum += whitening.data[c * d + j] * white[j];
      }
      weights[c] = (float) sum;
      middle[c] = (float) ((other[c] + shrunk.mean()[c]) / 2);
    }
    return new Fitted(taps, middle, weights);
  }

  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Fitted(List<Tap> taps, float[] middle, float[] weights) implements FittedDetector {

    @Override
    public String name() {
      return Detectors.LINEAR_CLASSIFIER;
    }

    @Override
    public List<String> statistics() {
      return List.of("discriminant");
    }

    @Override
    public Outputs addTo(OnnxGraph graph, Map<String, String> values) {
      int d = middle.length;
      String centred =
          graph.node(
              "Sub", PooledEmbedding.addTo(graph, values, taps), graph.floats("middle", middle, d));
      String product = graph.node("MatMul", centred, graph.floats("discriminant", weights, d, 1));
      return new Outputs(
          List.of(graph.node("Reshape", product, graph.integers("vector", 1))), Optional.empty());
    }
  }
}
