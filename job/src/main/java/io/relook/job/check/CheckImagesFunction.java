package io.relook.job.check;

import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.quarantine.PoisonMessageException;
import io.relook.job.quarantine.PoisonMessages;
import io.relook.job.quarantine.Quarantine;
import io.relook.job.quarantine.QuarantineMetrics;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.signing.VerificationSettings;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.access.AccessControl;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.LabeledImage;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Decodes the messages of the image topic. Rejects those that cannot be decoded, break a rule or
 * are in quarantine. Keeps no state.
 */
public final class CheckImagesFunction extends ProcessFunction<KafkaRecord, CheckedImage> {
  private static final long serialVersionUID = 1L;

  private final ImageRules rules;
  private final AccessControl access;
  private final VerificationSettings verification;
  private final QuarantineSettings quarantine;
  private final OutputTag<RejectedMessage> rejections;
  private transient ImageReader reader;
  private transient CheckMetrics metrics;
  private transient Quarantine quarantined;

  /**
   * @param rules rules of images and markers
   * @param access what accounts may have read
   * @param verification how cut markers are verified
   * @param quarantine messages that are in it are rejected
   */
  public CheckImagesFunction(
      ImageRules rules,
      AccessControl access,
      VerificationSettings verification,
      QuarantineSettings quarantine,
      OutputTag<RejectedMessage> rejections) {
    this.rules = rules;
    this.access = access;
    this.verification = verification;
    this.quarantine = quarantine;
    this.rejections = rejections;
  }

  @Override
  public void open(OpenContext context) {
    reader = new ImageReader(MessageCodec.standard(), rules, access, verification.open());
    metrics = new CheckMetrics(getRuntimeContext().getMetricGroup());
    quarantined = Quarantine.known(quarantine);
    QuarantineMetrics.register(getRuntimeContext().getMetricGroup(), quarantined);
  }

  @Override
  public void processElement(KafkaRecord origin, Context context, Collector<CheckedImage> out) {
    ImageReader.Reading reading;
    try {
      reading = PoisonMessages.pure("reading the message", () -> reader.read(origin));
    } catch (PoisonMessageException e) {
      RejectionReason reason = PoisonMessages.thrown(ImageReader.STAGE, e, null, null, null);
      metrics.rejected.inc();
      context.output(rejections, new RejectedMessage(origin, reason));
      return;
    }
    if (reading instanceof ImageReader.Reading.Read read) {
      Optional<RejectionReason> inQuarantine = quarantineReason(read.image());
      if (inQuarantine.isPresent()) {
        metrics.rejected.inc();
        context.output(rejections, new RejectedMessage(origin, inQuarantine.get()));
      } else {
        out.collect(read.image());
      }
    } else if (reading instanceof ImageReader.Reading.Rejected rejected) {
      metrics.rejected.inc();
      context.output(rejections, new RejectedMessage(origin, rejected.reason()));
    }
  }

  /** A cut marker is never rejected: its project would wait for it without end. */
  private Optional<RejectionReason> quarantineReason(CheckedImage message) {
    LabeledImage image = message.image();
    ImageWithdrawal withdrawal = message.withdrawal();
    if (image != null) {
      return quarantined.reason(
          message.origin(),
          ImageReader.STAGE,
          image.getAccount(),
          image.getProject(),
          image.getSourceRef());
    }
    if (withdrawal != null) {
      return quarantined.reason(
          message.origin(),
          ImageReader.STAGE,
          withdrawal.getAccount(),
          withdrawal.getProject(),
          withdrawal.getSourceRef());
    }
    return Optional.empty();
  }
}
