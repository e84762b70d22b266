package io.relook.job.retry;

import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.signing.SigningSettings;
import io.relook.schemas.Topic;
import io.relook.schemas.signing.SigningKey;
import io.relook.wire.ImageRetry;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Signs what became of an image for the partition of its message. Keeps no state. */
public final class WriteRetryFunction extends RichFlatMapFunction<Retried, TopicRecord> {
  private static final long serialVersionUID = 1L;

  private final SigningSettings signing;
  private final TopicRecords topics;
  private transient SigningKey signingKey;

  @SuppressWarnings("NullAway.Init") // transient members are set when the function is opened
  public WriteRetryFunction(SigningSettings signing, TopicRecords topics) {
    this.signing = signing;
    this.topics = topics;
  }

  @Override
  public void open(OpenContext context) {
    signingKey = signing.open();
  }

  @Override
  public void flatMap(Retried retried, Collector<TopicRecord> out) {
    ImageRetry retry = retried.retry();
    if (retry != null) {
      out.collect(topics.signed(signingKey, Topic.IMAGES, retry, retry.getPartition()));
    }
  }
}
