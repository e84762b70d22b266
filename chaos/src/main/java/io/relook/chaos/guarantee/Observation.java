package io.relook.chaos.guarantee;

import io.relook.schemas.Topic;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Something that was observed from outside of relook. */
public sealed interface Observation {

  /** The broker acknowledged a message at this place. */
  record Acknowledged(Topic topic, int partition, long offset) implements Observation {}

  /**
   * A consumer of committed records read this.
   *
   * @param record empty when the value is not one of relook's messages
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
   * The files of a model were looked up in the store after its first {@code TRAINED} was read.
   *
   * @param problems a sentence for each file that is missing or not complete
   */
  record Files(String modelArn, List<String> problems) implements Observation {}

  /** The training manifest of a model, as it stands in the store. */
  record Manifest(String modelArn, List<ManifestLine> lines) implements Observation {}

  /**
   * One image of a training.
   *
   * @param split TRAIN or TEST
   * @param label normal or anomaly
   * @param digest of the picture
   */
  record ManifestLine(String sourceRef, String split, String label, String digest) {}

  /** The latest record of a key of a compacted topic, read at the end. */
  record Compacted(Topic topic, String key, SpecificRecord record) implements Observation {}

  /**
   * At the end, with all jobs stopped, a transaction is open or records of a topic are hidden from
   * readers of committed records.
   */
  record Open(String what) implements Observation {}

  /** The place of a message. */
  record Place(Topic topic, int partition, long offset) {
    @Override
    public String toString() {
      return topic.suffix() + "-" + partition + "-" + offset;
    }
  }
}
