package io.relook.job.kafka;

import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;

/** Reads a message of the log once more, for a stage that it reached without its bytes. */
@FunctionalInterface
public interface MessageLog extends Serializable {

  /**
   * The message at a place, with its bytes; nothing when its topic does not keep it any more.
   *
   * @throws IOException when the log cannot be read; another try may heal that
   */
  Optional<KafkaRecord> read(KafkaRecord place) throws IOException;
}
