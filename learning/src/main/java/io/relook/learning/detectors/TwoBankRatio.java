package io.relook.learning.detectors;

import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.statistics.PatchSample;
import io.relook.learning.statistics.PictureSetStatistics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much nearer a patch is to the defects known than to what is good: r_p = d_N / (d_A + c), with
 * d_N the distance to the good bank, d_A the one to the patches of anomalous pictures that are
 * farthest from it, and c the median distance of good patches. It finds defects that recur; those
 * that do not keep their distance d_N in the other heads.
 *
 * <p>Shapes: as {@link MemoryBank}, with a second bank of at most 600 rows, twenty a picture. The
 * idea of two banks: residual mining, as NAGL (arXiv 2510.00495).
 */
record TwoBankRatio(PatchSpace space) implements Detector {

  private static final int ROWS = 600;
  private static final int ROWS_PER_PICTURE = 20;
  private static final double GOOD_QUANTILE = 0.9;

  /** Good patches whose distances say what is usual. */
  private static final int LOOKED_AT = 400;

  private static float[] evenly(PatchSample sample, int length) {
    float[] rows = new float[LOOKED_AT * length];
    for (int i = 0; i < LOOKED_AT; i++) {
      int from = (int) ((long) i * sample.count() / LOOKED_AT);
      System.arraycopy(sample.rows(), from * length, rows, i * length, length);
    }
    return rows;
  }

  @Override
  public String name() {
    return Detectors.TWO_BANK_RATIO;
  }

  @Override
  public boolean learnsFromAnomalies() {
    return true;
  }

  @Override
  public FittedDetector fit(DetectorInput evidence) {
    Bank good = evidence.bank(space);
    PatchSample sample = evidence.good().sample(space);
    double[] typical = good.distances(evenly(sample, space.length()), LOOKED_AT);
    Arrays.sort(typical);
    double limit = typical[(int) (GOOD_QUANTILE * (typical.length - 1))];
    double[] apart = Arrays.stream(typical).filter(d -> d > 1e-3).toArray();
    double centre = apart.length == 0 ? 1 : apart[apart.length / 2];
    int d = space.length();
    int perPicture =
        Math.max(1, Math.min(ROWS_PER_PICTURE, ROWS / Math.max(1, evidence.anomalous().size())));
    float[] rows = new float[evidence.anomalous().size() * perPicture * d];
    int count = 0;
    for (PictureSetStatistics picture : evidence.anomalous()) {
      PatchSample candidates = picture.sample(space);
      double[] distances = good.distances(candidates.rows(), candidates.count());
      double[] sorted = distances.clone();
      Arrays.sort(sorted);
      double least = Math.min(limit, sorted[sorted.length - 1]);
      double cut = Math.max(least, sorted[Math.max(0, sorted.length - perPicture)]);
      int taken = 0;
      for (int i = 0; i < distances.length && taken < perPicture; i++) {
        if (distances[i] >= cut) {
          System.arraycopy(candidates.rows(), i * d, rows, count * d, d);
          count++;
          taken++;
        }
      }
    }
    return new Fitted(good, good.withRows(rows, count), (float) centre);
  }

  private record Fitted(Bank good, Bank anomalous, float centre) implements FittedDetector {

    @Override
    public String name() {
      return Detectors.TWO_BANK_RATIO;
    }

    @Override
    public List<String> statistics() {
      return PatchAggregation.NAMES;
    }

    @Override
    public int bankRows() {
      return anomalous.count();
    }

    @Override
    public Outputs addTo(OnnxGraph graph, Map<String, String> taps) {
      String toAnomalous =
          graph.node("Add", anomalous.distances(graph, taps), graph.scalar("centre", centre));
      String ratio = graph.node("Div", good.distances(graph, taps), toAnomalous);
      return new Outputs(
          PatchAggregation.addTo(graph, ratio),
          Optional.of(good.space().patches().map(graph, taps, ratio)));
    }
  }
}
