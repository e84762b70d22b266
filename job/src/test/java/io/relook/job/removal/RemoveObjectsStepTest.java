package io.relook.job.removal;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.async.OrderedDrainingOperatorFactory;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.ObjectRemoval.Step;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

class RemoveObjectsStepTest {
  private static final OutputTag<ObjectRemoval> PUBLISHED =
      new OutputTag<>("published", TypeInformation.of(ObjectRemoval.class));

  private final InMemoryObjectStore store = new InMemoryObjectStore("relook", "models");

  @Test
  void aTrainingFindsWhatWasRestoredBeforeItAndWaitsForNothingOfOthers() throws Exception {
    List<S3Object> objects = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      S3Object object = new S3Object("relook", "features/" + i, null);
      objects.add(object);
      store.put(object, new byte[] {1}, "text/plain", Optional.empty());
    }
    S3Object file = new S3Object("models", "Model-bolts-1.onnx", null);
    store.put(file, new byte[] {1}, "text/plain", Optional.empty());
    try (var harness =
        new OneInputStreamOperatorTestHarness<DatasetOutput, TrainingOrder>(
            new OrderedDrainingOperatorFactory<>(
                new RemovalFactory(new OwnBucket(store.factory(), "relook", null), PUBLISHED),
                RemoveObjectsStep.THREADS,
                RemoveObjectsStep.QUEUE))) {
      harness.open();
      for (int round = 0; round < 20; round++) {
        for (Step step : List.of(Step.TO_TRASH, Step.RESTORE)) {
          harness.processElement(new StreamRecord<>(removal(step, objects)));
        }
      }
      harness.processElement(new StreamRecord<>(removal(Step.REMOVE, List.of(file))));
      harness.processElement(new StreamRecord<>(DatasetOutput.of(training())));
      harness.prepareSnapshotPreBarrier(1);

      assertThat(harness.extractOutputValues()).hasSize(1);
      assertThat(store.bucket("relook")).hasSize(200).doesNotContainKey("erasing/features/0");
      assertThat(harness.getSideOutput(PUBLISHED)).hasSize(1);
      assertThat(store.bucket("models")).as("removed by another operator").hasSize(1);
    }
    assertThat(store.open()).isZero();
  }

  private static DatasetOutput removal(Step step, List<S3Object> objects) {
    return DatasetOutput.of(new ObjectRemoval("1", "bolts", step, objects, "of the test"));
  }

  private static TrainingOrder training() {
    return new TrainingOrder(
        ModelMetadata.newBuilder()
            .setAccount("1")
            .setProjectName("bolts")
            .setModelVersion("1")
            .setModelArn("arn")
            .setCreationTimestamp(Instant.EPOCH)
            .setStatus(ModelStatus.TRAINING)
            .setStatusMessage("")
            .setOutputConfig(new OutputConfig(new S3Location("models", "")))
            .build(),
        "relook.commands-0-1",
        List.of(),
        null);
  }
}
