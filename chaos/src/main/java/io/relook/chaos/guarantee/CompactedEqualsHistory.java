package io.relook.chaos.guarantee;

import io.relook.chaos.guarantee.Observation.Compacted;
import io.relook.chaos.guarantee.Observation.Read;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.DeleteModel;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.ResourceArn;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.UntagResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * A reader of a compacted topic at the end sees the same state as a reader that followed it. The
 * models in it, with status and tags, are those that a replay of commands, replies and outcomes
 * gives.
 */
final class CompactedEqualsHistory implements Guarantee {
  private static final Set<Topic> TOPICS = Set.of(Topic.MODELS, Topic.PROJECTS, Topic.DATASETS);

  private final Map<String, SpecificRecord> followed = new TreeMap<>();
  private final Map<String, SpecificRecord> compacted = new TreeMap<>();
  private final Map<Long, Command> commands = new TreeMap<>();
  private final Map<Long, CommandReply> replies = new HashMap<>();
  private final Map<String, ModelStatus> outcomes = new HashMap<>();

  @Override
  public String sentence() {
    return "compacted topics equal a replay of history";
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Compacted latest) {
      compacted.put(name(latest.topic(), latest.key()), latest.record());
    } else if (observation instanceof Read read) {
      String key = read.key();
      if (TOPICS.contains(read.topic()) && key != null) {
        if (read.tombstone()) {
          followed.remove(name(read.topic(), key));
        } else {
          read.record().ifPresent(record -> followed.put(name(read.topic(), key), record));
        }
      } else if (read.topic() == Topic.COMMANDS && read.record().isPresent()) {
        commands.put(read.offset(), (Command) read.record().get());
      } else if (read.topic() == Topic.REPLIES && read.record().isPresent()) {
        CommandReply reply = (CommandReply) read.record().get();
        replies.put(reply.getCommandOffset(), reply);
      } else if (read.topic() == Topic.OUTCOMES
          && read.record().isPresent()
          && read.record().get() instanceof TrainingOutcome outcome) {
        outcomes.put(
            outcome.getModelArn(),
            outcome.getOutcome() instanceof TrainingFailed
                ? ModelStatus.TRAINING_FAILED
                : ModelStatus.TRAINED);
      }
    }
  }

  private static String name(Topic topic, String key) {
    return topic.suffix() + " " + key;
  }

  @Override
  public List<String> violations() {
    List<String> violations = new ArrayList<>();
    Set<String> names = new TreeSet<>(followed.keySet());
    names.addAll(compacted.keySet());
    for (String name : names) {
      SpecificRecord follower = followed.get(name);
      SpecificRecord latecomer = compacted.get(name);
      if (follower == null || !follower.equals(latecomer)) {
        violations.add(
            "%s is %s for a reader that followed, and %s for a reader that starts now."
                .formatted(name, brief(follower), brief(latecomer)));
      }
    }
    Map<String, String> wanted = replay();
    Map<String, String> found = new TreeMap<>();
    compacted.values().stream()
        .filter(ModelMetadata.class::isInstance)
        .map(ModelMetadata.class::cast)
        .forEach(model -> found.put(model.getModelArn(), text(model.getStatus(), tags(model))));
    Set<String> arns = new TreeSet<>(wanted.keySet());
    arns.addAll(found.keySet());
    for (String arn : arns) {
      String want = wanted.getOrDefault(arn, "gone");
      String have = found.getOrDefault(arn, "gone");
      if (!want.equals(have)) {
        violations.add("%s is %s, but a replay gives %s.".formatted(arn, have, want));
      }
    }
    return violations;
  }

  private static String brief(@Nullable SpecificRecord record) {
    String text = String.valueOf(record);
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }

  private static Map<String, String> tags(ModelMetadata model) {
    Map<String, String> tags = new TreeMap<>();
    for (Tag tag : model.getTags()) {
      tags.put(tag.getKey(), tag.getValue());
    }
    return tags;
  }

  private static String text(ModelStatus status, Map<String, String> tags) {
    return status + " " + tags;
  }

  /** Models with status and tags, replayed from the commands in their order and the answers. */
  private Map<String, String> replay() {
    Map<String, Map<String, String>> models = new TreeMap<>();
    commands.forEach(
        (offset, command) -> {
          CommandReply reply = replies.get(offset);
          if (reply == null || reply.getAnswer() == null || reply.getReplayed()) {
            return;
          }
          if (reply.getAnswer() instanceof ModelMetadata model) {
            models.put(model.getModelArn(), tags(model));
          } else if (reply.getAnswer() instanceof ResourceArn resource) {
            Map<String, String> tags = models.getOrDefault(resource.getArn(), new TreeMap<>());
            if (command.getBody() instanceof TagResource tag) {
              tag.getTags().forEach(added -> tags.put(added.getKey(), added.getValue()));
            } else if (command.getBody() instanceof UntagResource untag) {
              untag.getTagKeys().forEach(tags::remove);
            } else if (command.getBody() instanceof DeleteModel) {
              models.remove(resource.getArn());
            }
          }
        });
    Map<String, String> texts = new TreeMap<>();
    models.forEach(
        (arn, tags) ->
            texts.put(arn, text(outcomes.getOrDefault(arn, ModelStatus.TRAINING), tags)));
    return texts;
  }

  @Override
  public String checked() {
    return compacted.size() + " keys";
  }
}
