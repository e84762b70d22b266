package io.relook.job.state;

import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.RetryRequest;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What imports, removals, trainings and publications in flight leave in a checkpoint. */
class InFlightStateTest {
  /** Fails when one of them changes; see the message. */
  @Test
  void whatIsInFlightIsThatOfTheNewestVersion() throws Exception {
    StateDescription.requireAsReleased(
        "in-flight",
        Map.of(
            "import-manifest", ImportRequest.class,
            "retry-images", RetryRequest.class,
            "remove-published", ObjectRemoval.class,
            "write-manifest", TrainingOrder.class,
            "train", TrainingRequest.class,
            "publish", TrainingResult.class));
  }
}
