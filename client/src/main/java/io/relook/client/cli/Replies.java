package io.relook.client.cli;

import io.relook.client.Commands;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.ServiceException;
import org.apache.avro.specific.SpecificRecord;

/** Sends one command and turns a refusal into a failure. */
final class Replies {
  private Replies() {}

  /**
   * The reply that says yes.
   *
   * @throws RelookException with the API's exception and its sentence, when the command was refused
   */
  static CommandReply to(RelookConnection relook, SpecificRecord body) {
    try (Commands commands = relook.commands()) {
      Command command = commands.command(body);
      CommandReply reply = commands.send(command).join();
      ServiceException error = reply.getError();
      if (error != null) {
        throw new RelookException(
            RelookException.Kind.FAILED, error.getCode() + ": " + error.getMessage());
      }
      return reply;
    }
  }
}
