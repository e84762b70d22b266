package io.relook.chaos.guarantee;

import io.relook.chaos.guarantee.Observation.Acknowledged;
import io.relook.chaos.guarantee.Observation.Place;
import io.relook.chaos.guarantee.Observation.Read;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.ExceptionCode;
import io.relook.wire.Rejection;
import io.relook.wire.ServiceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every command in the log has exactly one reply. A message that is not a command has exactly one
 * rejection. A command on which relook itself fails has one of each.
 */
final class CommandsAnsweredOnce implements Guarantee {
  private static final String POISON = "POISON";

  private final Set<Place> acknowledged = new LinkedHashSet<>();
  private final Map<Place, Optional<Command>> log = new LinkedHashMap<>();
  private final Map<Place, List<CommandReply>> replies = new LinkedHashMap<>();
  private final Map<Place, Integer> rejections = new LinkedHashMap<>();
  private final Set<Place> quarantined = new LinkedHashSet<>();

  @Override
  public String sentence() {
    return "every acknowledged command has exactly one reply or rejection";
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Acknowledged ack && ack.topic() == Topic.COMMANDS) {
      acknowledged.add(new Place(ack.topic(), ack.partition(), ack.offset()));
    } else if (observation instanceof Read read) {
      if (read.topic() == Topic.COMMANDS) {
        log.put(
            new Place(read.topic(), read.partition(), read.offset()),
            read.record().map(Command.class::cast));
      } else if (read.topic() == Topic.REPLIES && read.record().isPresent()) {
        CommandReply reply = (CommandReply) read.record().get();
        replies
            .computeIfAbsent(
                new Place(Topic.COMMANDS, reply.getCommandPartition(), reply.getCommandOffset()),
                place -> new ArrayList<>())
            .add(reply);
      } else if (read.topic() == Topic.REJECTIONS && read.record().isPresent()) {
        Rejection rejection = (Rejection) read.record().get();
        if (rejection.getTopic().endsWith(Topic.COMMANDS.suffix())) {
          Place place = new Place(Topic.COMMANDS, rejection.getPartition(), rejection.getOffset());
          rejections.merge(place, 1, Integer::sum);
          if (rejection.getCode().equals(POISON)) {
            quarantined.add(place);
          }
        }
      }
    }
  }

  private static boolean isFault(List<CommandReply> answers) {
    if (answers.size() != 1) {
      return false;
    }
    ServiceException error = answers.get(0).getError();
    return error != null && error.getCode() == ExceptionCode.InternalServerException;
  }

  @Override
  public List<String> violations() {
    List<String> violations = new ArrayList<>();
    for (Place place : acknowledged) {
      if (!log.containsKey(place)) {
        violations.add("The command " + place + " was acknowledged and is not in the log.");
      }
    }
    log.forEach(
        (place, command) -> {
          List<CommandReply> answers = replies.getOrDefault(place, List.of());
          int rejected = rejections.getOrDefault(place, 0);
          boolean failedOn = quarantined.contains(place) && rejected == 1 && isFault(answers);
          if (answers.size() + rejected != 1 && !failedOn) {
            violations.add(
                "The command %s has %d replies and %d rejections."
                    .formatted(place, answers.size(), rejected));
          }
          for (CommandReply reply : answers) {
            @Nullable String asked = command.map(Command::getRequestId).orElse(null);
            if (asked != null && !asked.equals(reply.getRequestId())) {
              violations.add(
                  "The command %s with request id %s is answered as %s."
                      .formatted(place, asked, reply.getRequestId()));
            }
          }
        });
    for (Place place : replies.keySet()) {
      if (!log.containsKey(place)) {
        violations.add("A reply answers the command " + place + ", which is not in the log.");
      }
    }
    return violations;
  }

  @Override
  public String checked() {
    return log.size() + " commands, " + acknowledged.size() + " of them acknowledged";
  }
}
