package io.relook.learning.detectors;

import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.linalg.ScatterMatrix;
import io.relook.learning.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the principal components of good patches leave: e_p = |Vᵀ (φ_p − μ)|, with V the
 * eigenvectors of the patches' covariance beyond those that hold 99 % of the variance. Projecting
 * on V rather than subtracting the other projection keeps large terms from cancelling.
 *
 * <p>Shapes: patches [cells, length], V [length, length − k]; cost: one eigendecomposition of
 * [length, length] a fit, one product a picture. DFM (Ahuja et al. 2019), SubspaceAD.
 */
record PcaResidual(PatchSpace space) implements Detector {

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
  public FittedDetector fit(DetectorInput evidence) {
    ScatterMatrix scatter = evidence.good().sample(space).scatter();
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
