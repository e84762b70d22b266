package io.relook.bench.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.learning.training.TrainingStage;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetrainResultTest {

  /** Earlier results are compared with new ones, so names and order stay. */
  @Test
  void isOneFlatObject() throws Exception {
    String stage = RetrainResult.Cost.name(TrainingStage.FITTING_HEADS);
    RetrainResult result =
        new RetrainResult(
            new RetrainResult.Pictures(250, 0, 20, 100),
            new RetrainResult.Cost(9, 16, Map.of(stage, 2.5), 7),
            8,
            9,
            0,
            0.99);

    assertThat(JsonMapper.builder().build().writeValueAsString(result))
        .isEqualTo(
            "{\"good\":250,\"added\":0,\"anomalous\":20,\"test\":100,\"seconds\":9.0,"
                + "\"cpuSeconds\":16.0,\"stageSeconds\":{\"fitting heads\":2.5},\"heapBytes\":7,"
                + "\"stateBytes\":8,\"modelBytes\":9,\"generation\":0,\"imageAuroc\":0.99}");
  }
}
