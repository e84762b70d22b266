package io.relook.chaos.guarantee;

import io.relook.chaos.guarantee.Observation.Read;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.DeleteModel;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.ResourceArn;
import io.relook.wire.TagResource;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.UntagResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Each admitted training ends exactly once. Its model has exactly the events that the commands
 * explain: one TRAINING, one end, one for each change of tags, and for a deletion one DELETING and
 * one tombstone.
 */
final class TrainedOnce implements Guarantee {
  private final Map<String, Integer> admitted = new TreeMap<>();
  private final Map<String, Integer> outcomes = new HashMap<>();
  private final Map<String, Integer> accounted = new HashMap<>();
  private final Map<String, Integer> deletions = new HashMap<>();
  private final Map<String, List<ModelStatus>> events = new TreeMap<>();
  private final Map<String, Integer> tombstones = new HashMap<>();
  private final Map<Long, Command> commands = new HashMap<>();
  private final List<CommandReply> replies = new ArrayList<>();

  @Override
  public String sentence() {
    return "one end, and one TRAINED, per version";
  }

  @Override
  public void observe(Observation observation) {
    if (!(observation instanceof Read read)) {
      return;
    }
    if (read.topic() == Topic.MODELS && read.tombstone() && read.key() != null) {
      tombstones.merge(read.key(), 1, Integer::sum);
    }
    if (read.record().isEmpty()) {
      return;
    }
    if (read.topic() == Topic.COMMANDS) {
      commands.put(read.offset(), (Command) read.record().get());
    } else if (read.topic() == Topic.REPLIES) {
      replies.add((CommandReply) read.record().get());
    } else if (read.topic() == Topic.OUTCOMES
        && read.record().get() instanceof TrainingOutcome outcome) {
      outcomes.merge(outcome.getModelArn(), 1, Integer::sum);
    } else if (read.topic() == Topic.MODELS) {
      ModelMetadata model = (ModelMetadata) read.record().get();
      events.computeIfAbsent(model.getModelArn(), arn -> new ArrayList<>()).add(model.getStatus());
    }
  }

  /** Counts what the answers explain. Commands and answers may have been read in any order. */
  private void account() {
    admitted.clear();
    accounted.clear();
    deletions.clear();
    for (CommandReply reply : replies) {
      if (reply.getAnswer() == null || reply.getReplayed()) {
        continue;
      }
      Command command = commands.get(reply.getCommandOffset());
      if (reply.getAnswer() instanceof ModelMetadata model) {
        admitted.merge(model.getModelArn(), 1, Integer::sum);
      } else if (command != null && reply.getAnswer() instanceof ResourceArn resource) {
        if (command.getBody() instanceof TagResource
            || command.getBody() instanceof UntagResource) {
          accounted.merge(resource.getArn(), 1, Integer::sum);
        } else if (command.getBody() instanceof DeleteModel) {
          deletions.merge(resource.getArn(), 1, Integer::sum);
        }
      }
    }
  }

  @Override
  public List<String> violations() {
    account();
    List<String> violations = new ArrayList<>();
    admitted.forEach(
        (arn, times) -> {
          if (times != 1) {
            violations.add(arn + " is the answer to " + times + " commands.");
          }
          int ends = outcomes.getOrDefault(arn, 0);
          if (ends != 1) {
            violations.add("The training of " + arn + " ended " + ends + " times.");
          }
          violations.addAll(sequence(arn, events.getOrDefault(arn, List.of())));
        });
    for (String arn : events.keySet()) {
      if (!admitted.containsKey(arn)) {
        violations.add("There are events of " + arn + ", but no command has it as its answer.");
      }
    }
    for (String arn : outcomes.keySet()) {
      if (!admitted.containsKey(arn)) {
        violations.add("A training of " + arn + " ended, but no command has it as its answer.");
      }
    }
    return violations;
  }

  private List<String> sequence(String arn, List<ModelStatus> statuses) {
    List<String> violations = new ArrayList<>();
    int deleted = deletions.getOrDefault(arn, 0);
    int wanted = 2 + accounted.getOrDefault(arn, 0) + deleted;
    if (statuses.size() != wanted) {
      violations.add(
          "%s has %d events, but its commands explain %d: %s."
              .formatted(arn, statuses.size(), wanted, statuses));
    }
    if (tombstones.getOrDefault(arn, 0) != deleted) {
      violations.add(
          "%s has %d tombstones, but was deleted %d times."
              .formatted(arn, tombstones.getOrDefault(arn, 0), deleted));
    }
    int rank = 0;
    for (ModelStatus status : statuses) {
      int next =
          switch (status) {
            case TRAINING -> 1;
            case TRAINED, TRAINING_FAILED -> 2;
            case DELETING -> 3;
            default -> 4;
          };
      if (next < rank || next == 4) {
        violations.add(arn + " has its events in the wrong order: " + statuses + ".");
        break;
      }
      rank = next;
    }
    return violations;
  }

  @Override
  public String checked() {
    account();
    long trained =
        events.values().stream().filter(all -> all.contains(ModelStatus.TRAINED)).count();
    return admitted.size() + " trainings, " + trained + " TRAINED";
  }
}
