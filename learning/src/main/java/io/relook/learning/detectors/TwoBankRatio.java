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
 * Compares a patch with good patches and with known defects: r_p = d_N / (d_A + c). d_N is the
 * distance to the bank of good patches, d_A the distance to a bank of defect patches, and c the
 * median distance of good patches, which keeps the ratio bounded.
 *
 * <p>A patch far from good ones and near a known defect scores highest, so the detector finds
 * defects that recur. A defect of a new kind has a large d_A and a low ratio; the other detectors,
 * which use d_N alone, still find it.
 *
 * <p>Defect patches are those patches of anomalous pictures that lie farthest from the good bank.
 *
 * <p>Shapes: as {@link MemoryBank}, with a second bank of at most 600 rows, 20 per picture. Source
 * of the idea of two banks: residual mining, as NAGL (arXiv 2510.00495).
 */
record TwoBankRatio(PatchSpace space) implements Detector {

  /** Rows of the bank of defect patches, at most. */
  private static final int ROWS = 600;

  private static final int ROWS_PER_PICTURE = 20;

  /**
   * A patch counts as a defect if it is farther from the good bank than this share of good ones.
   */
  private static final double GOOD_QUANTILE = 0.9;

  /** Good patches whose distances give the quantile and the median. */
  private static final int GOOD_PATCHES = 400;

  /** Good patches closer than this are rows of the bank themselves. */
  private static final double IN_BANK = 1e-3;

  @Override
  public String name() {
    return Detectors.TWO_BANK_RATIO;
  }

  @Override
  public boolean learnsFromAnomalies() {
    return true;
  }

  @Override
  public FittedDetector fit(DetectorInput input) {
    Bank good = input.bank(space);
    PatchSample sample = input.good().sample(space);
    double[] goodDistances = good.distances(evenlySpaced(sample), GOOD_PATCHES);
    Arrays.sort(goodDistances);
    double limit = goodDistances[(int) (GOOD_QUANTILE * (goodDistances.length - 1))];
    double[] outsideBank = Arrays.stream(goodDistances).filter(d -> d > IN_BANK).toArray();
    double centre = outsideBank.length == 0 ? 1 : outsideBank[outsideBank.length / 2];
    return new Fitted(good, defects(input.anomalous(), good, limit), (float) centre);
  }

  /** {@link #GOOD_PATCHES} rows of a sample, at equal distances. */
  private float[] evenlySpaced(PatchSample sample) {
    int length = space.length();
    float[] rows = new float[GOOD_PATCHES * length];
    for (int i = 0; i < GOOD_PATCHES; i++) {
      int from = (int) ((long) i * sample.count() / GOOD_PATCHES);
      System.arraycopy(sample.rows(), from * length, rows, i * length, length);
    }
    return rows;
  }

  /**
   * The bank of defect patches.
   *
   * @param limit distance to the good bank from which a patch counts as a defect; a picture without
   *     such a patch contributes its farthest one
   */
  private Bank defects(List<PictureSetStatistics> anomalous, Bank good, double limit) {
    int length = space.length();
    int perPicture = Math.max(1, Math.min(ROWS_PER_PICTURE, ROWS / Math.max(1, anomalous.size())));
    float[] rows = new float[anomalous.size() * perPicture * length];
    int count = 0;
    for (PictureSetStatistics picture : anomalous) {
      PatchSample candidates = picture.sample(space);
      double[] distances = good.distances(candidates.rows(), candidates.count());
      double[] sorted = distances.clone();
      Arrays.sort(sorted);
      double least = Math.min(limit, sorted[sorted.length - 1]);
      double cut = Math.max(least, sorted[Math.max(0, sorted.length - perPicture)]);
      int taken = 0;
      for (int i = 0; i < distances.length && taken < perPicture; i++) {
        if (distances[i] >= cut) {
          System.arraycopy(candidates.rows(), i * length, rows, count * length, length);
          count++;
          taken++;
        }
      }
    }
    return good.withRows(rows, count);
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
