package io.relook.job.check;

import io.relook.job.kafka.KafkaRecord;
import io.relook.job.rejection.Refused;
import io.relook.schemas.MessageCodec;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Reads the messages of the image topic. Keeps no state. */
public final class CheckImagesFunction extends ProcessFunction<KafkaRecord, CheckedImage> {
  private static final long serialVersionUID = 1L;

  private final long maxInlineBytes;
  private final OutputTag<Refused> refusals;
  private transient ImageReader reader;
  private transient CheckMetrics metrics;

  public CheckImagesFunction(long maxInlineBytes, OutputTag<Refused> refusals) {
    this.maxInlineBytes = maxInlineBytes;
    this.refusals = refusals;
  }

  @Override
  public void open(OpenContext context) {
    reader = new ImageReader(MessageCodec.standard(), new ImageRules(maxInlineBytes));
    metrics = new CheckMetrics(getRuntimeContext().getMetricGroup());
  }

  @Override
  public void processElement(KafkaRecord origin, Context context, Collector<CheckedImage> out) {
    ImageReader.Reading reading = reader.read(origin);
    if (reading instanceof ImageReader.Reading.Read read) {
      out.collect(read.image());
    } else if (reading instanceof ImageReader.Reading.Refused refused) {
      metrics.refused.inc();
      context.output(refusals, new Refused(origin, refused.refusal()));
    }
  }
}
