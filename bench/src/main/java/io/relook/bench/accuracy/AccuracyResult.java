package io.relook.bench.accuracy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The result of one training, or the mean of several. In JSON it is one flat object.
 *
 * @param folder name of the folder; {@code mean} for a mean over folders and seeds
 * @param labelledAnomalies labelled anomalous pictures in training; 0 in the protocol with normal
 *     pictures only
 * @param seed of draw and training; null for a mean
 * @param training what was trained; null for a mean
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
  "folder",
  "labelledAnomalies",
  "seed",
  "quality",
  "cost",
  "training",
  "suspects"
})
record AccuracyResult(
    String folder,
    int labelledAnomalies,
    @Nullable Long seed,
    @JsonUnwrapped Quality quality,
    @JsonUnwrapped Cost cost,
    @JsonUnwrapped @Nullable Training training,
    @JsonUnwrapped Suspects suspects) {

  /**
   * How well the exported file scores the test pictures.
   *
   * @param imageAuroc area under the ROC curve
   * @param averagePrecision area under the curve of precision over recall
   * @param f1 at the model's own threshold, as precision and recall
   * @param f1Max the best F1 that any threshold reaches on the test pictures
   * @param balances F1 at other class balances than that of the test pictures
   */
  record Quality(
      double imageAuroc,
      double averagePrecision,
      double f1,
      double precision,
      double recall,
      double f1Max,
      @JsonUnwrapped Balances balances) {

    private static Quality mean(List<Quality> of) {
      return new Quality(
          AccuracyResult.mean(of, Quality::imageAuroc),
          AccuracyResult.mean(of, Quality::averagePrecision),
          AccuracyResult.mean(of, Quality::f1),
          AccuracyResult.mean(of, Quality::precision),
          AccuracyResult.mean(of, Quality::recall),
          AccuracyResult.mean(of, Quality::f1Max),
          Balances.mean(of.stream().map(Quality::balances).toList()));
    }
  }

  /**
   * F1 at the model's own threshold, and the best that any threshold reaches, with good test
   * pictures weighted so that the classes are balanced otherwise.
   *
   * @param f1AtTrainingBalance as in training; unweighted without labelled anomalies
   * @param f1At1To1 as many anomalous as good pictures
   * @param f1At1To20 twenty good pictures for one anomalous
   */
  record Balances(
      double f1AtTrainingBalance,
      double f1MaxAtTrainingBalance,
      @JsonProperty("f1At1To1") double f1At1To1,
      @JsonProperty("f1MaxAt1To1") double f1MaxAt1To1,
      @JsonProperty("f1At1To20") double f1At1To20,
      @JsonProperty("f1MaxAt1To20") double f1MaxAt1To20) {

    static Balances of(BalancedF1 training, BalancedF1 even, BalancedF1 rare) {
      return new Balances(
          training.f1(), training.best(), even.f1(), even.best(), rare.f1(), rare.best());
    }

    private static Balances mean(List<Balances> of) {
      return new Balances(
          AccuracyResult.mean(of, Balances::f1AtTrainingBalance),
          AccuracyResult.mean(of, Balances::f1MaxAtTrainingBalance),
          AccuracyResult.mean(of, Balances::f1At1To1),
          AccuracyResult.mean(of, Balances::f1MaxAt1To1),
          AccuracyResult.mean(of, Balances::f1At1To20),
          AccuracyResult.mean(of, Balances::f1MaxAt1To20));
    }
  }

  /**
   * What the model costs.
   *
   * @param extractSeconds decoding, backbone and statistics of all pictures of the folder
   * @param fitSeconds from stored features to the exported file
   * @param inferenceMillis of the exported file for one picture on one core; median
   * @param bankRows rows in the memory banks of the file
   * @param fileBytes size of the exported file
   * @param peakBytes the sum of the peaks of the Java heap's pools during the training, an upper
   *     bound
   */
  record Cost(
      double extractSeconds,
      double fitSeconds,
      double inferenceMillis,
      long bankRows,
      long fileBytes,
      long peakBytes) {

    private static Cost mean(List<Cost> of) {
      return new Cost(
          AccuracyResult.mean(of, Cost::extractSeconds),
          AccuracyResult.mean(of, Cost::fitSeconds),
          AccuracyResult.mean(of, Cost::inferenceMillis),
          Math.round(AccuracyResult.mean(of, Cost::bankRows)),
          Math.round(AccuracyResult.mean(of, Cost::fileBytes)),
          Math.round(AccuracyResult.mean(of, Cost::peakBytes)));
    }
  }

  /**
   * What was trained.
   *
   * @param mode the training mode
   * @param detectors in the file
   * @param labelled the labelled anomalous pictures, relative to the folder
   * @param labelledGood anomalous pictures that were labelled good, relative to the folder
   */
  record Training(
      @JsonProperty("regime") String mode,
      @JsonProperty("heads") List<String> detectors,
      List<String> labelled,
      List<String> labelledGood) {}

  /**
   * Suspected labels.
   *
   * @param mislabelled number of anomalous pictures that were labelled good
   * @param mislabelledSuspected how many of them the training suspects
   * @param suspected how many good pictures the training suspects in total
   */
  record Suspects(int mislabelled, int mislabelledSuspected, int suspected) {

    private static Suspects sum(List<Suspects> of) {
      return new Suspects(
          AccuracyResult.sum(of, Suspects::mislabelled),
          AccuracyResult.sum(of, Suspects::mislabelledSuspected),
          AccuracyResult.sum(of, Suspects::suspected));
    }
  }

  /**
   * The means of each protocol. A folder with fewer anomalous pictures than requested is in a
   * protocol of its own.
   */
  static List<AccuracyResult> means(List<AccuracyResult> results) {
    return results.stream()
        .collect(
            Collectors.groupingBy(
                AccuracyResult::labelledAnomalies, TreeMap::new, Collectors.toList()))
        .values()
        .stream()
        .map(AccuracyResult::mean)
        .toList();
  }

  /** The mean of results of one protocol; suspected labels are summed. */
  static AccuracyResult mean(List<AccuracyResult> results) {
    return new AccuracyResult(
        "mean",
        results.get(0).labelledAnomalies(),
        null,
        Quality.mean(results.stream().map(AccuracyResult::quality).toList()),
        Cost.mean(results.stream().map(AccuracyResult::cost).toList()),
        null,
        Suspects.sum(results.stream().map(AccuracyResult::suspects).toList()));
  }

  String seedText() {
    return seed == null ? "" : Objects.toString(seed);
  }

  private static <T> int sum(List<T> of, ToIntFunction<T> column) {
    return of.stream().mapToInt(column).sum();
  }

  private static <T> double mean(List<T> of, ToDoubleFunction<T> column) {
    return of.stream().mapToDouble(column).average().orElseThrow();
  }
}
