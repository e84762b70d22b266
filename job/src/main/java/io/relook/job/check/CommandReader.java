package io.relook.job.check;

import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.schemas.Decoding;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.TrainingOutcome;

/** Decodes the messages of the command and outcome topics for the registry. Never throws. */
final class CommandReader {
  static final String STAGE = "check-commands";

  private final MessageCodec codec;

  CommandReader(MessageCodec codec) {
    this.codec = codec;
  }

  /** Result of reading a message. */
  sealed interface Reading {
    /** For the registry. */
    record Read(RegistryInput input) implements Reading {}

    /** For the rejections. */
    record Rejected(RejectionReason reason) implements Reading {}
  }

  Reading command(KafkaRecord origin) {
    Decoding decoding = codec.decode(Topic.COMMANDS, origin.value());
    if (decoding instanceof Decoding.Decoded decoded
        && decoded.record() instanceof Command command) {
      return new Reading.Read(RegistryInput.of(origin, command));
    }
    return rejected(decoding);
  }

  Reading outcome(KafkaRecord origin) {
    Decoding decoding = codec.decode(Topic.OUTCOMES, origin.value());
    if (decoding instanceof Decoding.Decoded decoded
        && decoded.record() instanceof TrainingOutcome outcome) {
      return new Reading.Read(RegistryInput.of(origin, outcome));
    }
    if (decoding instanceof Decoding.Decoded decoded
        && decoded.record() instanceof DatasetOutcome outcome) {
      return new Reading.Read(RegistryInput.of(origin, outcome));
    }
    return rejected(decoding);
  }

  private static Reading rejected(Decoding decoding) {
    String sentence =
        decoding instanceof Decoding.Undecodable undecodable
            ? undecodable.sentence()
            : "The message is of a type that this topic does not take: send it to the topic of"
                + " its type.";
    return new Reading.Rejected(
        new RejectionReason(STAGE, RejectionCode.UNDECODABLE, sentence, null, null, null));
  }
}
