package io.relook.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.domain.TrainingOrder;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.wire.S3Object;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class WriteManifestFunctionTest {
  private static final String CUT = "relook.commands-0-7";

  private final InMemoryObjectStore store = new InMemoryObjectStore("relook");

  @Test
  void aManifestWhoseWritingEndsTheProcessFailsTheTraining() throws Exception {
    store.put(
        new S3Object("relook", "poison-trainings/manifest/" + CUT, null),
        """
        {"about": "", "attempt": {"process": "b", "number": 1},
         "ended": [{"process": "a", "number": 1}]}
        """
            .getBytes(StandardCharsets.UTF_8),
        "application/json",
        Optional.empty());
    TrainingRequest request;
    try (var harness =
        new OneInputStreamOperatorTestHarness<TrainingOrder, TrainingRequest>(
            new AsyncWaitOperatorFactory<>(
                new WriteManifestFunction(
                    store.factory(),
                    "relook",
                    new QuarantineSettings(new OwnBucket(store.factory(), "relook", null), 3, 2)),
                60_000,
                10,
                AsyncDataStream.OutputMode.UNORDERED),
            TypeInformation.of(TrainingOrder.class).createSerializer(new SerializerConfigImpl()))) {
      harness.setup(
          TypeInformation.of(TrainingRequest.class).createSerializer(new SerializerConfigImpl()));
      harness.open();
      harness.processElement(
          new StreamRecord<>(
              new TrainingOrder(SmallTraining.model("", null), CUT, List.of(), null)));
      harness.endInput();
      request = harness.extractOutputValues().get(0);
    }

    TrainingResult.Failure failure = Objects.requireNonNull(request.failure());
    assertThat(failure.reason()).isEqualTo("PROCESS_ENDED");
    assertThat(failure.message())
        .startsWith(
            "The process ended, or native code failed, 2 times in a row while this model's training manifest");
    assertThat(store.bucket("relook").keySet()).noneMatch(key -> key.startsWith("manifests/"));
  }
}
