package io.relook.chaos;

import io.relook.chaos.guarantee.Observation.Place;
import io.relook.wire.CommandReply;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Commands without an answer and versions without an end, whatever the order in which the topics
 * are read: an answer may be read before its command, and the answer to a CreateModel before the
 * first event of the version that it names. Not safe for use by many threads.
 */
final class Outstanding {
  private final Set<Place> commands = new HashSet<>();
  private final Set<Place> answered = new HashSet<>();

  /** How many events after TRAINING each version has, by model ARN. */
  private final Map<String, Integer> ends = new LinkedHashMap<>();

  /** The log holds a command: the broker acknowledged it, or it was read. */
  void command(Place place) {
    if (!answered.contains(place)) {
      commands.add(place);
    }
  }

  /** The command in this place is answered. A version that the answer admits has to end. */
  void answer(Place command, CommandReply reply) {
    answered.add(command);
    commands.remove(command);
    if (reply.getAnswer() instanceof ModelMetadata admitted) {
      ends.putIfAbsent(admitted.getModelArn(), 0);
    }
  }

  /**
   * An event of a version.
   *
   * @return whether it is the version's first event after TRAINING
   */
  boolean event(ModelMetadata model) {
    if (model.getStatus() == ModelStatus.TRAINING) {
      ends.putIfAbsent(model.getModelArn(), 0);
      return false;
    }
    return ends.merge(model.getModelArn(), 1, Integer::sum) == 1;
  }

  /** Commands without an answer. */
  int unanswered() {
    return commands.size();
  }

  /** Versions that were admitted and have not ended. */
  int trainings() {
    return (int) ends.values().stream().filter(count -> count == 0).count();
  }

  /** Versions that were admitted. */
  int admitted() {
    return ends.size();
  }
}
