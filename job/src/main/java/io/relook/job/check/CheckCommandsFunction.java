package io.relook.job.check;

import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.quarantine.PoisonMessageException;
import io.relook.job.quarantine.PoisonMessages;
import io.relook.job.quarantine.Quarantine;
import io.relook.job.quarantine.QuarantineMetrics;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Decodes the messages of one of the registry's topics. Rejects those that cannot be decoded or are
 * in quarantine. Keeps no state.
 */
public final class CheckCommandsFunction extends ProcessFunction<KafkaRecord, RegistryInput> {
  private static final long serialVersionUID = 1L;

  private final Topic topic;
  private final QuarantineSettings quarantine;
  private final OutputTag<RejectedMessage> rejections;
  private final TopicRecords topics;
  private final OutputTag<TopicRecord> replies;
  private transient CommandReader reader;
  private transient CheckMetrics metrics;
  private transient Quarantine quarantined;

  /**
   * @param topic commands or outcomes
   * @param quarantine messages that are in it are rejected
   * @param replies where the replies to commands in quarantine go
   */
  public CheckCommandsFunction(
      Topic topic,
      QuarantineSettings quarantine,
      OutputTag<RejectedMessage> rejections,
      TopicRecords topics,
      OutputTag<TopicRecord> replies) {
    this.topic = topic;
    this.quarantine = quarantine;
    this.rejections = rejections;
    this.topics = topics;
    this.replies = replies;
  }

  @Override
  public void open(OpenContext context) {
    reader = new CommandReader(MessageCodec.standard());
    metrics = new CheckMetrics(getRuntimeContext().getMetricGroup());
    quarantined = Quarantine.known(quarantine);
    QuarantineMetrics.register(getRuntimeContext().getMetricGroup(), quarantined);
  }

  @Override
  public void processElement(KafkaRecord origin, Context context, Collector<RegistryInput> out) {
    CommandReader.Reading reading;
    try {
      reading =
          PoisonMessages.pure(
              "reading the message",
              () -> topic == Topic.COMMANDS ? reader.command(origin) : reader.outcome(origin));
    } catch (PoisonMessageException e) {
      RejectionReason reason = PoisonMessages.thrown(CommandReader.STAGE, e, null, null, null);
      metrics.rejected.inc();
      context.output(rejections, new RejectedMessage(origin, reason));
      return;
    }
    if (reading instanceof CommandReader.Reading.Read read) {
      Optional<RejectionReason> inQuarantine = quarantineReason(origin, read.input());
      if (inQuarantine.isPresent()) {
        metrics.rejected.inc();
        context.output(rejections, new RejectedMessage(origin, inQuarantine.get()));
        Command command = read.input().command();
        if (command != null) {
          context.output(
              replies, topics.record(Topic.REPLIES, QuarantineReply.to(command, origin)));
        }
      } else {
        out.collect(read.input());
      }
    } else if (reading instanceof CommandReader.Reading.Rejected rejected) {
      metrics.rejected.inc();
      context.output(rejections, new RejectedMessage(origin, rejected.reason()));
    }
  }

  private Optional<RejectionReason> quarantineReason(KafkaRecord origin, RegistryInput input) {
    return quarantined.reason(origin, CommandReader.STAGE, input.account(), null, null);
  }
}
