package io.relook.learning.detectors;

import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * PatchCore's memory bank: d_p = min over rows m of |φ_p − m|, a patch's distance to the nearest of
 * the good patches kept; statistics over the picture.
 *
 * <p>Rows are a coreset of coresets: thinned by greedy k-centre inside each picture, then over each
 * fold, then over all. That costs a tenth of thinning all patches at once and finds better rows,
 * because a random sample of patches misses rare good ones while every picture's own extremes
 * survive. Distances for thinning are taken after a random projection, as in the original; the bank
 * keeps whole vectors.
 *
 * <p>Shapes: patches [cells, length], bank [length, 1,000]; cost: 2 · cells · length · 1,000
 * operations a picture, 0.3 to 0.5 · 10⁹ at 256².
 *
 * <p>Roth et al., "Towards Total Recall in Industrial Anomaly Detection", CVPR 2022.
 */
record MemoryBank(PatchSpace space) implements Detector {

  @Override
  public String name() {
    return space.name();
  }

  @Override
  public boolean learnsFromAnomalies() {
    return false;
  }

  @Override
  public FittedDetector fit(DetectorInput evidence) {
    return new Fitted(evidence.bank(space));
  }

  private record Fitted(Bank bank) implements FittedDetector {

    @Override
    public String name() {
      return bank.space().name();
    }

    @Override
    public List<String> statistics() {
      return PatchAggregation.NAMES;
    }

    @Override
    public int bankRows() {
      return bank.count();
    }

    @Override
    public Outputs addTo(OnnxGraph graph, Map<String, String> taps) {
      String distances = bank.distances(graph, taps);
      return new Outputs(
          PatchAggregation.addTo(graph, distances),
          Optional.of(bank.space().patches().map(graph, taps, distances)));
    }
  }
}
