package io.relook.job.quarantine;

import io.relook.job.kafka.TopicInstance;
import io.relook.job.s3.OwnBucket;
import java.io.Serializable;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * Where quarantine is kept, and when it begins.
 *
 * @param bucket relook's own bucket
 * @param maxCrashes ends of the process with the same message in flight after which it is rejected
 * @param maxTrainingCrashes ends of the process in a row with the same training in flight after
 *     which that training fails
 * @param topics the topics, by name, that messages and commands come from; what the bucket knows of
 *     a topic that is not among them is taken as it is
 */
public record QuarantineSettings(
    OwnBucket bucket, int maxCrashes, int maxTrainingCrashes, Map<String, TopicInstance> topics)
    implements Serializable {

  public QuarantineSettings {
    topics = Map.copyOf(topics);
  }

  /** Settings without topics, which are known only when the job starts. */
  public QuarantineSettings(OwnBucket bucket, int maxCrashes, int maxTrainingCrashes) {
    this(bucket, maxCrashes, maxTrainingCrashes, Map.of());
  }

  /** The same with the topics as they are now. */
  public QuarantineSettings with(Map<String, TopicInstance> found) {
    return new QuarantineSettings(bucket, maxCrashes, maxTrainingCrashes, found);
  }

  /** The topic with this name. */
  Optional<TopicInstance> topic(String name) {
    return Optional.ofNullable(topics.get(name));
  }

  /**
   * The topic of a command.
   *
   * @param cutId the command's place in the log, perhaps with a suffix
   */
  Optional<TopicInstance> topicOfCut(String cutId) {
    return topics.keySet().stream()
        .filter(name -> cutId.startsWith(name + "-"))
        .max(Comparator.comparingInt(String::length))
        .flatMap(this::topic);
  }
}
