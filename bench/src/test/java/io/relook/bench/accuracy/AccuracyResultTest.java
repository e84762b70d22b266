package io.relook.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccuracyResultTest {
  private static final AccuracyResult RESULT =
      new AccuracyResult(
          "screw",
          10,
          1L,
          new AccuracyResult.Quality(
              0.9,
              0.8,
              0.7,
              0.6,
              0.5,
              0.75,
              new AccuracyResult.Balances(0.65, 0.66, 0.71, 0.72, 0.31, 0.32)),
          new AccuracyResult.Cost(12, 3, 4.5, 1000, 20, 30),
          new AccuracyResult.Training(
              "STACKED", List.of("fine-bank"), List.of("test/a/1.png"), List.of("test/a/2.png")),
          new AccuracyResult.Suspects(1, 1, 2));

  /** Earlier results are compared with new ones, so names and order stay. */
  @Test
  void isOneFlatObject() throws Exception {
    assertThat(JsonMapper.builder().build().writeValueAsString(RESULT))
        .isEqualTo(
            "{\"folder\":\"screw\",\"labelledAnomalies\":10,\"seed\":1,\"imageAuroc\":0.9,"
                + "\"averagePrecision\":0.8,\"f1\":0.7,\"precision\":0.6,\"recall\":0.5,"
                + "\"f1Max\":0.75,\"f1AtTrainingBalance\":0.65,\"f1MaxAtTrainingBalance\":0.66,"
                + "\"f1At1To1\":0.71,\"f1MaxAt1To1\":0.72,\"f1At1To20\":0.31,\"f1MaxAt1To20\":0.32,"
                + "\"extractSeconds\":12.0,\"fitSeconds\":3.0,\"inferenceMillis\":4.5,"
                + "\"bankRows\":1000,\"fileBytes\":20,\"peakBytes\":30,\"regime\":\"STACKED\","
                + "\"heads\":[\"fine-bank\"],\"labelled\":[\"test/a/1.png\"],"
                + "\"labelledGood\":[\"test/a/2.png\"],\"mislabelled\":1,"
                + "\"mislabelledSuspected\":1,\"suspected\":2}");
  }

  @Test
  void aMeanHasNeitherSeedNorTraining() throws Exception {
    AccuracyResult mean = AccuracyResult.mean(List.of(RESULT, RESULT));

    assertThat(JsonMapper.builder().build().writeValueAsString(mean))
        .isEqualTo(
            "{\"folder\":\"mean\",\"labelledAnomalies\":10,\"imageAuroc\":0.9,"
                + "\"averagePrecision\":0.8,\"f1\":0.7,\"precision\":0.6,\"recall\":0.5,"
                + "\"f1Max\":0.75,\"f1AtTrainingBalance\":0.65,\"f1MaxAtTrainingBalance\":0.66,"
                + "\"f1At1To1\":0.71,\"f1MaxAt1To1\":0.72,\"f1At1To20\":0.31,\"f1MaxAt1To20\":0.32,"
                + "\"extractSeconds\":12.0,\"fitSeconds\":3.0,\"inferenceMillis\":4.5,"
                + "\"bankRows\":1000,\"fileBytes\":20,\"peakBytes\":30,\"mislabelled\":2,"
                + "\"mislabelledSuspected\":2,\"suspected\":4}");
  }
}
