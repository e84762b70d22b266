package io.relook.learning.validation;

import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Selects among candidates by out-of-fold average precision, with the one-standard-error rule
 * (Breiman et al., "Classification and Regression Trees", 1984, §3.4.3): the cheapest candidate
 * whose distance to the best is at most one standard error of their difference, by a paired
 * bootstrap. Pure.
 */
public final class Selection {

  private static final int RESAMPLES = 100;

  private Selection() {}

  /**
   * Selects.
   *
   * @param candidates per candidate, from cheap to expensive, scores of the same pictures, the good
   *     ones first
   * @param good number of good pictures
   * @return index of the selected candidate
   */
  public static int choose(List<double[]> candidates, int good, long seed) {
    double[] points = new double[candidates.size()];
    int best = 0;
    int n = candidates.get(0).length;
    int[] all = new int[n];
    for (int i = 0; i < n; i++) {
      all[i] = i;
    }
    for (int k = 0; k < points.length; k++) {
      points[k] = averagePrecision(candidates.get(k), good, all);
      best = points[k] > points[best] ? k : best;
    }
    for (int k = 0; k < best; k++) {
      SplittableRandom random = new SplittableRandom(seed);
      double sum = 0;
      double squares = 0;
      for (int r = 0; r < RESAMPLES; r++) {
        int[] sample = new int[n];
        for (int i = 0; i < n; i++) {
          // Drawn within each class, so that every resample has both.
          sample[i] = i < good ? random.nextInt(good) : good + random.nextInt(n - good);
        }
        double difference =
            averagePrecision(candidates.get(best), good, sample)
                - averagePrecision(candidates.get(k), good, sample);
        sum += difference;
        squares += difference * difference;
      }
      double mean = sum / RESAMPLES;
      double error = Math.sqrt(Math.max(0, squares / RESAMPLES - mean * mean));
      if (points[best] - points[k] <= error) {
        return k;
      }
    }
    return best;
  }

  private static double averagePrecision(double[] scores, int good, int[] sample) {
    List<ImageScore> images = new ArrayList<>();
    for (int i : sample) {
      images.add(new ImageScore("", i >= good, scores[i]));
    }
    return Evaluator.evaluate(images, 0).averagePrecision();
  }
}
