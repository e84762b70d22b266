package io.relook.job.check;

import io.relook.job.domain.OutputBucket;
import io.relook.job.domain.Request;
import io.relook.job.kafka.KafkaRecord;
import io.relook.schemas.operation.ApiExceptions;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;

/** The reply to a command that relook itself fails on. The registry does not see such a command. */
public final class QuarantineReply {

  private QuarantineReply() {}

  /**
   * The reply to a command in quarantine.
   *
   * @param origin its place in the log
   */
  public static CommandReply to(Command command, KafkaRecord origin) {
    return new Request(command, origin, OutputBucket.ASSUMED_WRITABLE)
        .failure(
            ApiExceptions.internal(
                "relook fails on this command, which is a defect of relook. The command and the"
                    + " reason are in the rejections, as "
                    + origin.place()
                    + ": report it. Send the command again only after the defect is fixed."));
  }
}
