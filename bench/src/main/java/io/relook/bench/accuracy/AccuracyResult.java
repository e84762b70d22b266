package io.relook.bench.accuracy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one training showed, or the mean of several.
 *
 * @param folder name of the folder; {@code mean} for a mean over folders and seeds
 * @param labelledAnomalies labelled anomalous pictures in training; 0 when only normal ones
 * @param seed of draw and training; null for a mean
 * @param imageAuroc area under the ROC curve of the exported file's scores on the test images
 * @param f1 at the model's own threshold, as precision and recall
 * @param f1Max the best that any threshold reaches on the test images
 * @param f1AtTrainingBalance f1 with good test images weighted so that the classes are balanced as
 *     in training; without labelled anomalies as it is
 * @param f1MaxAtTrainingBalance f1Max weighted likewise
 * @param extractSeconds decoding, backbone and summary for all pictures of the folder
 * @param fitSeconds from stored features to the exported file
 * @param inferenceMillis the exported file on one picture and one core; median
 * @param bankRows rows in the memory banks of the file
 * @param fileBytes size of the exported file
 * @param peakBytes the sum of the peaks of the Java heap's pools during the training, an upper
 *     bound
 * @param regime what the training said its data supported
 * @param heads in the file
 * @param labelled the labelled anomalous pictures, relative to the folder
 * @param labelledGood anomalous pictures that were trained on as good ones, relative to the folder
 * @param mislabelled how many those are
 * @param mislabelledSuspected how many of them the training suspects
 * @param suspected how many good pictures the training suspects in all
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"folder", "labelledAnomalies", "seed"})
record AccuracyResult(
    String folder,
    int labelledAnomalies,
    @Nullable Long seed,
    double imageAuroc,
    double averagePrecision,
    double f1,
    double precision,
    double recall,
    double f1Max,
    double f1AtTrainingBalance,
    double f1MaxAtTrainingBalance,
    double extractSeconds,
    double fitSeconds,
    double inferenceMillis,
    long bankRows,
    long fileBytes,
    long peakBytes,
    @Nullable String regime,
    @Nullable List<String> heads,
    @Nullable List<String> labelled,
    @Nullable List<String> labelledGood,
    int mislabelled,
    int mislabelledSuspected,
    int suspected) {

  /** The mean of results of one protocol; of pictures and their labels the sum. */
  static AccuracyResult mean(List<AccuracyResult> results) {
    return new AccuracyResult(
        "mean",
        results.get(0).labelledAnomalies(),
        null,
        mean(results, AccuracyResult::imageAuroc),
        mean(results, AccuracyResult::averagePrecision),
        mean(results, AccuracyResult::f1),
        mean(results, AccuracyResult::precision),
        mean(results, AccuracyResult::recall),
        mean(results, AccuracyResult::f1Max),
        mean(results, AccuracyResult::f1AtTrainingBalance),
        mean(results, AccuracyResult::f1MaxAtTrainingBalance),
        mean(results, AccuracyResult::extractSeconds),
        mean(results, AccuracyResult::fitSeconds),
        mean(results, AccuracyResult::inferenceMillis),
        Math.round(mean(results, AccuracyResult::bankRows)),
        Math.round(mean(results, AccuracyResult::fileBytes)),
        Math.round(mean(results, AccuracyResult::peakBytes)),
        null,
        null,
        null,
        null,
        sum(results, AccuracyResult::mislabelled),
        sum(results, AccuracyResult::mislabelledSuspected),
        sum(results, AccuracyResult::suspected));
  }

  String seedText() {
    return seed == null ? "" : Objects.toString(seed);
  }

  private static int sum(List<AccuracyResult> results, ToIntFunction<AccuracyResult> column) {
    return results.stream().mapToInt(column).sum();
  }

  private static double mean(
      List<AccuracyResult> results, ToDoubleFunction<AccuracyResult> column) {
    return results.stream().mapToDouble(column).average().orElseThrow();
  }
}
