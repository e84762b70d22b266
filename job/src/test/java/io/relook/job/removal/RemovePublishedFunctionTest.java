package io.relook.job.removal;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.domain.ObjectRemoval;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.job.s3.Symptom;
import io.relook.wire.S3Object;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.datastream.AsyncDataStream.OutputMode;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RemovePublishedFunctionTest {

  /** A file of a customer that the store does not serve must not restart the job. */
  @Test
  void aPublishedFileThatFailsForEverStays() throws Exception {
    InMemoryObjectStore store = new InMemoryObjectStore("relook", "models");
    S3Object failing = new S3Object("models", "Model-bolts-1.onnx", null);
    S3Object sound = new S3Object("models", "Report-bolts-1.html", null);
    for (S3Object file : List.of(failing, sound)) {
      store.put(file, new byte[] {1}, "text/plain", Optional.empty());
    }
    store.fail("models", failing.getKey(), Symptom.SERVER_ERROR);
    ObjectRemoval removal =
        new ObjectRemoval(
            "1", "bolts", ObjectRemoval.Step.REMOVE, List.of(failing, sound), "it was deleted");
    TypeSerializer<ObjectRemoval> serializer =
        TypeInformation.of(ObjectRemoval.class).createSerializer(new SerializerConfigImpl());
    try (var harness =
        new OneInputStreamOperatorTestHarness<ObjectRemoval, ObjectRemoval>(
            new AsyncWaitOperatorFactory<>(
                new RemovePublishedFunction(new OwnBucket(store.factory(), "relook", null)),
                0,
                10,
                OutputMode.UNORDERED),
            serializer)) {
      harness.setup(serializer);
      harness.open();
      harness.processElement(new StreamRecord<>(removal));
      while (harness.extractOutputValues().isEmpty()) {
        harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
      }

      assertThat(harness.extractOutputValues()).containsExactly(removal);
      assertThat(store.bucket("models")).containsOnlyKeys(failing.getKey());
    }
  }
}
