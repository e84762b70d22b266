package io.relook.job.check;

import io.relook.job.domain.OutputBucket;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.operation.ApiExceptions;
import io.relook.job.operation.Request;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;

/** What the sender of a command is told that relook itself fails on: nobody judged it. */
public final class QuarantineReply {

  private QuarantineReply() {}

  /**
   * The reply to a command that is rejected as poison.
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
                    + ": report it. Repeating the command does not help before that is mended."));
  }
}
