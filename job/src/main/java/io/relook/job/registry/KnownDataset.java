package io.relook.job.registry;

import io.relook.wire.DatasetType;
import org.jspecify.annotations.Nullable;

/**
 * A data set as the registry knows it; what is in it only the data set knows.
 *
 * @param createdAt record time of CreateDataset or of the first image, in milliseconds since the
 *     epoch
 * @param importing place of the command whose import goes on; null when none does
 */
public record KnownDataset(
    String project, DatasetType type, long createdAt, Phase phase, @Nullable String importing) {

  /** Where it stands in its life. */
  public enum Phase {
    /** Images began it; CreateDataset would adopt it. */
    BEGUN,
    /** A manifest is imported into it for the first time. */
    CREATING,
    /** At rest. */
    READY,
    /** A manifest is imported into what there is. */
    UPDATING,
    /** The manifest it was to be created from was refused. */
    FAILED
  }

  static KnownDataset begun(String project, DatasetType type, long createdAt) {
    return new KnownDataset(project, type, createdAt, Phase.BEGUN, null);
  }

  static KnownDataset ready(String project, DatasetType type, long createdAt) {
    return new KnownDataset(project, type, createdAt, Phase.READY, null);
  }

  static KnownDataset creating(String project, DatasetType type, long createdAt, String cutId) {
    return new KnownDataset(project, type, createdAt, Phase.CREATING, cutId);
  }

  KnownDataset updating(String cutId) {
    return new KnownDataset(project, type, createdAt, Phase.UPDATING, cutId);
  }

  /** After its import: only a refused creation leaves nothing to work with. */
  KnownDataset imported(boolean refused) {
    Phase after = refused && phase == Phase.CREATING ? Phase.FAILED : Phase.READY;
    return new KnownDataset(project, type, createdAt, after, null);
  }

  boolean isBusy() {
    return importing != null;
  }

  /** Key among the data sets of an account. */
  static String key(String project, DatasetType type) {
    return project + "/" + type;
  }
}
