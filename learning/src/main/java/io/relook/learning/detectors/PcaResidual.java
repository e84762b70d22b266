package io.relook.learning.detectors;

import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.linalg.ScatterMatrix;
import io.relook.learning.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The part of a patch that the principal components of good patches do not explain: e_p = |Vᵀ (φ_p
 * − μ)|. V holds the eigenvectors of the patches' covariance that remain after those with 99 % of
 * the variance. Projecting on V, instead of subtracting the projection on the others, avoids the
 * cancellation of large terms.
 *
 * <p>Shapes: patches [cells, length], V [length, length − k]. Cost: one eigendecomposition of
 * [length, length] per fit, one product per picture. Sources: DFM (Ahuja et al., "Probabilistic
 * Modeling of Deep Features for Out-of-Distribution and Adversarial Detection", 2019); SubspaceAD.
 */
record PcaResidual(PatchSpace space) implements Detector {

  /** Share of the variance that the principal components explain. */
  private static final double VARIANCE = 0.99;

  @Override
  public String name() {
    return Detectors.PCA_RESIDUAL;
  }

  @Override
  public boolean learnsFromAnomalies() {
    return false;
  }

  @Override
  public FittedDetector fit(DetectorInput input) {
    ScatterMatrix scatter = input.good().sample(space).scatter();
    ScatterMatrix.Eigen eigen = scatter.eigen();
    int d = scatter.length();
    double total = 0;
    for (double value : eigen.values()) {
      total += value;
    }
    int kept = 0;
    double sum = 0;
    while (kept < d - 1 && sum < VARIANCE * total) {
      sum += eigen.values()[kept++];
    }
    int rest = d - kept;
    float[] basis = new float[d * rest];
    for (int k = 0; k < rest; k++) {
      for (int c = 0; c < d; c++) {
        basis[c * rest + k] = (float) eigen.vectors()[kept + k][c];
      }
    }
    return new Fitted(space, PatchSpace.floats(scatter.mean()), basis, rest);
  }

  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Fitted(PatchSpace space, float[] mean, float[] basis, int rest)
      implements FittedDetector {

    @Override
    public String name() {
      return Detectors.PCA_RESIDUAL;
    }

    @Override
    public List<String> statistics() {
      return PatchAggregation.NAMES;
    }

    @Override
    public Outputs addTo(OnnxGraph graph, Map<String, String> taps) {
      int d = space.length();
      String centred =
          graph.node("Sub", space.patches().addTo(graph, taps), graph.floats("pca_mean", mean, d));
      String residual = graph.node("MatMul", centred, graph.floats("pca_rest", basis, d, rest));
      String lengths =
          graph.node("ReduceL2", Map.of("keepdims", 0L), residual, graph.integers("last_axis", 1));
      return new Outputs(
          PatchAggregation.addTo(graph, lengths),
          Optional.of(space.patches().map(graph, taps, lengths)));
    }
  }
}
