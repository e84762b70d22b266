package io.relook.chaos.guarantee;

import io.relook.chaos.guarantee.Observation.Read;
import io.relook.schemas.Topic;
import io.relook.wire.CommandReply;
import io.relook.wire.ModelMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The versions of a project follow the order of its commands: 1, 2, 3 and so on. */
final class VersionsWithoutGaps implements Guarantee {
  /** By offset of the command. */
  private final TreeMap<Long, ModelMetadata> admitted = new TreeMap<>();

  @Override
  public String sentence() {
    return "versions without gaps or repeats";
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Read read
        && read.topic() == Topic.REPLIES
        && read.record().isPresent()) {
      CommandReply reply = (CommandReply) read.record().get();
      if (!reply.getReplayed() && reply.getAnswer() instanceof ModelMetadata model) {
        admitted.put(reply.getCommandOffset(), model);
      }
    }
  }

  @Override
  public List<String> violations() {
    List<String> violations = new ArrayList<>();
    Map<String, Integer> last = new HashMap<>();
    admitted.forEach(
        (offset, model) -> {
          int wanted = last.getOrDefault(model.getProjectName(), 0) + 1;
          if (!Integer.toString(wanted).equals(model.getModelVersion())) {
            violations.add(
                "The command at offset %d got version %s of %s, not %d."
                    .formatted(offset, model.getModelVersion(), model.getProjectName(), wanted));
          }
          last.merge(model.getProjectName(), 1, Integer::sum);
        });
    return violations;
  }

  @Override
  public String checked() {
    return admitted.size() + " versions";
  }
}
