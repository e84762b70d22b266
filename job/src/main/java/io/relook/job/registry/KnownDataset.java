package io.relook.job.registry;

import io.relook.wire.DatasetType;
import org.jspecify.annotations.Nullable;

/**
 * A data set as the registry knows it, without its images.
 *
 * @param project name of its project
 * @param type train or test
 * @param createdAt record time of CreateDataset or of the first image, in milliseconds since the
 *     epoch
 * @param phase phase of its life
 * @param importing place of the command whose import is running; null for none
 * @param importingSince record time of that command, in milliseconds since the epoch; 0 for none,
 *     and in states from before this was known
 */
public record KnownDataset(
    String project,
    DatasetType type,
    long createdAt,
    Phase phase,
    @Nullable String importing,
    long importingSince) {

  /** Phases of its life. */
  public enum Phase {
    /** It began with its first image; CreateDataset may still come and then takes it over. */
    BEGUN,
    /** CreateDataset imports a manifest into it. */
    CREATING,
    /** It exists, and no import is running. */
    READY,
    /** UpdateDatasetEntries imports a manifest into it. */
    UPDATING,
    /** CreateDataset failed, because its manifest was rejected. */
    FAILED
  }

  static KnownDataset begun(String project, DatasetType type, long createdAt) {
    return new KnownDataset(project, type, createdAt, Phase.BEGUN, null, 0);
  }

  static KnownDataset ready(String project, DatasetType type, long createdAt) {
    return new KnownDataset(project, type, createdAt, Phase.READY, null, 0);
  }

  static KnownDataset creating(String project, DatasetType type, long createdAt, String cutId) {
    return new KnownDataset(project, type, createdAt, Phase.CREATING, cutId, createdAt);
  }

  KnownDataset updating(String cutId, long since) {
    return new KnownDataset(project, type, createdAt, Phase.UPDATING, cutId, since);
  }

  /**
   * The data set after its import. Only a rejected manifest of CreateDataset makes it {@link
   * Phase#FAILED}.
   */
  KnownDataset imported(boolean rejected) {
    Phase after = rejected && phase == Phase.CREATING ? Phase.FAILED : Phase.READY;
    return new KnownDataset(project, type, createdAt, after, null, 0);
  }

  boolean isBusy() {
    return importing != null;
  }

  /** Key among the data sets of an account. */
  static String key(String project, DatasetType type) {
    return project + "/" + type;
  }
}
