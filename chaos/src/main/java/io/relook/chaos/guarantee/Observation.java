package io.relook.chaos.guarantee;

import io.relook.schemas.Topic;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Something that was seen from outside. */
public sealed interface Observation {

  /** A producer was told by the broker that its message stands here. */
  record Acknowledged(Topic topic, int partition, long offset) implements Observation {}

  /**
   * A consumer of committed records read this.
   *
   * @param record empty when the value is no message of ours
   * @param tombstone whether there was no value at all
   */
  record Read(
      Topic topic,
      int partition,
      long offset,
      @Nullable String key,
      Optional<SpecificRecord> record,
      boolean tombstone)
      implements Observation {}

  /**
   * The store was asked for the files of a model, after its first {@code TRAINED} was read.
   *
   * @param problems a sentence for each file that is missing or not complete
   */
  record Files(String modelArn, List<String> problems) implements Observation {}

  /** The training manifest of a model, as it stands in the store. */
  record Manifest(String modelArn, List<ManifestLine> lines) implements Observation {}

  /**
   * One image of a training.
   *
   * @param side TRAIN or TEST
   * @param label normal or anomaly
   * @param digest of the picture
   */
  record ManifestLine(String sourceRef, String side, String label, String digest) {}

  /** A topic that keeps the latest record of each key was read from its beginning at the end. */
  record Compacted(Topic topic, String key, SpecificRecord record) implements Observation {}

  /**
   * At the end, all jobs stopped, a transaction is still open, or holds readers of a topic back.
   */
  record Open(String what) implements Observation {}

  /** Where a message stands. */
  record Place(Topic topic, int partition, long offset) {
    @Override
    public String toString() {
      return topic.suffix() + "-" + partition + "-" + offset;
    }
  }
}
