package io.relook.job.rejection;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.kafka.MessageLog;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.s3.ObjectStore;
import io.relook.schemas.Topic;
import java.io.IOException;
import java.util.Optional;

/**
 * Turns rejected messages into rejections. A large message is written to the store, and one that
 * came without its bytes is read again, beside the stream; all others are done at once. Keeps no
 * state.
 */
public final class WriteRejectionStep implements OrderedStep<RejectedMessage, TopicRecord> {

  /** Messages written or read at the same time in one subtask. */
  public static final int THREADS = 8;

  /** Rejections held at most: 2 MiB each, at the most. */
  public static final int QUEUE = 32;

  private final ObjectStore store;
  private final RejectionWriter writer;
  private final TopicRecords topics;
  private final MessageLog log;
  private final Runnable counted;

  /**
   * @param store closed with the step
   * @param bucket relook's own bucket
   * @param log has the bytes of messages that were rejected after they had been dropped
   * @param written called for each rejection, in the task's thread
   */
  WriteRejectionStep(
      ObjectStore store, String bucket, TopicRecords topics, MessageLog log, Runnable written) {
    this.store = store;
    this.writer = new RejectionWriter(store, bucket);
    this.topics = topics;
    this.log = log;
    this.counted = written;
  }

  @Override
  public Optional<Emission<TopicRecord>> atOnce(RejectedMessage rejected) {
    return RejectionRecords.mustBeReadAgain(rejected)
            || RejectionRecords.mustBeKept(rejected.origin())
        ? Optional.empty()
        : Optional.of(written(rejected));
  }

  @Override
  public Emission<TopicRecord> work(RejectedMessage rejected) throws IOException {
    return written(
        RejectionRecords.mustBeReadAgain(rejected)
            ? RejectionRecords.readAgain(rejected, log.read(rejected.origin()))
            : rejected);
  }

  private Emission<TopicRecord> written(RejectedMessage rejected) {
    TopicRecord record =
        topics.record(Topic.REJECTIONS, writer.reject(rejected.origin(), rejected.reason()));
    return outputs -> {
      outputs.main(record);
      counted.run();
    };
  }

  @Override
  public void close() {
    store.close();
  }
}
