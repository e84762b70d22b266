package io.relook.job.importing;

import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.schemas.Topic;
import io.relook.wire.LabeledImage;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Encodes an import for the sink: its images as any client would send them, then the outcome. No
 * checkpoint comes between them, so one transaction commits them together.
 */
public final class WriteImportFunction implements FlatMapFunction<Import, TopicRecord> {
  private static final long serialVersionUID = 1L;

  private final TopicRecords topics;

  public WriteImportFunction(TopicRecords topics) {
    this.topics = topics;
  }

  @Override
  public void flatMap(Import imported, Collector<TopicRecord> out) {
    for (LabeledImage image : imported.images()) {
      out.collect(topics.record(Topic.IMAGES, image));
    }
    out.collect(topics.record(Topic.OUTCOMES, imported.outcome()));
  }
}
