package io.relook.job.check;

import io.relook.job.kafka.KafkaRecord;
import io.relook.job.registry.RegistryInput;
import io.relook.job.rejection.Refused;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Reads the messages of one of the topics that the registry reads. Keeps no state. */
public final class CheckCommandsFunction extends ProcessFunction<KafkaRecord, RegistryInput> {
  private static final long serialVersionUID = 1L;

  private final Topic topic;
  private final OutputTag<Refused> refusals;
  private transient CommandReader reader;
  private transient CheckMetrics metrics;

  /**
   * @param topic commands or outcomes
   */
  public CheckCommandsFunction(Topic topic, OutputTag<Refused> refusals) {
    this.topic = topic;
    this.refusals = refusals;
  }

  @Override
  public void open(OpenContext context) {
    reader = new CommandReader(MessageCodec.standard());
    metrics = new CheckMetrics(getRuntimeContext().getMetricGroup());
  }

  @Override
  public void processElement(KafkaRecord origin, Context context, Collector<RegistryInput> out) {
    CommandReader.Reading reading =
        topic == Topic.COMMANDS ? reader.command(origin) : reader.outcome(origin);
    if (reading instanceof CommandReader.Reading.Read read) {
      out.collect(read.input());
    } else if (reading instanceof CommandReader.Reading.Refused refused) {
      metrics.refused.inc();
      context.output(refusals, new Refused(origin, refused.refusal()));
    }
  }
}
