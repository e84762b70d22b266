package io.relook.chaos.guarantee;

import io.relook.chaos.guarantee.Observation.Place;
import io.relook.chaos.guarantee.Observation.Read;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ServiceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A client token starts at most one training: a repeat with the same parameters gets the same
 * answer, a repeat with other parameters is a conflict, and no two tokens share a training.
 */
final class OneTrainingPerToken implements Guarantee {
  /** By offset; all commands are in one partition. */
  private final Map<Long, CreateModel> commands = new TreeMap<>();

  private final Map<Long, CommandReply> replies = new HashMap<>();

  private record Admitted(CreateModel command, String arn) {}

  @Override
  public String sentence() {
    return "one training per client token";
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Read read && read.record().isPresent()) {
      if (read.topic() == Topic.COMMANDS) {
        Command command = (Command) read.record().get();
        if (command.getBody() instanceof CreateModel create && create.getClientToken() != null) {
          commands.put(read.offset(), create);
        }
      } else if (read.topic() == Topic.REPLIES) {
        CommandReply reply = (CommandReply) read.record().get();
        replies.put(reply.getCommandOffset(), reply);
      }
    }
  }

  @Override
  public List<String> violations() {
    List<String> violations = new ArrayList<>();
    Map<String, Admitted> byToken = new HashMap<>();
    Map<String, String> tokenOfModel = new HashMap<>();
    commands.forEach(
        (offset, create) -> {
          CommandReply reply = replies.get(offset);
          if (reply == null) {
            return; // CommandsAnsweredOnce reports it
          }
          String place = new Place(Topic.COMMANDS, 0, offset).toString();
          String token = create.getProjectName() + "/" + create.getClientToken();
          Admitted first = byToken.get(token);
          @Nullable String arn =
              reply.getAnswer() instanceof ModelMetadata model ? model.getModelArn() : null;
          if (first == null) {
            if (arn != null) {
              if (reply.getReplayed()) {
                violations.add(place + " is answered as a repeat, but its token is new.");
              }
              byToken.put(token, new Admitted(create, arn));
              String other = tokenOfModel.put(arn, token);
              if (other != null) {
                violations.add(
                    "The tokens %s and %s both started %s.".formatted(other, token, arn));
              }
            }
          } else if (first.command().equals(create)) {
            if (!first.arn().equals(arn)) {
              violations.add(
                  "%s repeats the token %s of %s and is answered %s."
                      .formatted(place, token, first.arn(), arn == null ? reply.getError() : arn));
            } else if (!reply.getReplayed()) {
              violations.add(
                  "%s repeats the token %s and is answered as a new training."
                      .formatted(place, token));
            }
          } else {
            ServiceException error = reply.getError();
            if (error == null || error.getCode() != ExceptionCode.ConflictException) {
              violations.add(
                  "%s uses the token %s with other parameters and is answered %s."
                      .formatted(place, token, arn == null ? error : arn));
            }
          }
        });
    return violations;
  }

  @Override
  public String checked() {
    long tokens =
        commands.values().stream()
            .map(create -> create.getProjectName() + "/" + create.getClientToken())
            .distinct()
            .count();
    return commands.size() + " CreateModel with " + tokens + " tokens";
  }
}
