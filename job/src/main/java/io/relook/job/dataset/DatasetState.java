package io.relook.job.dataset;

import io.relook.job.domain.Split;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.S3Location;
import java.util.Optional;

/** What is remembered of one project's data sets. */
interface DatasetState {

  Optional<DatasetEntry> entry(String sourceRef);

  /**
   * Images of a data set with a label, by {@link DatasetEntry#updatedAt}, the newest first; those
   * of one millisecond in any order. Reads no more entries than are taken. Nothing may be put or
   * removed meanwhile.
   */
  Iterable<DatasetEntry> newestFirst(DatasetType dataset, Label label);

  void put(DatasetEntry entry);

  void remove(String sourceRef);

  /** An image that could not be read. */
  Optional<UnavailableImage> unavailable(String sourceRef);

  /** Images that could not be read, in any order. */
  Iterable<UnavailableImage> unavailable();

  void put(UnavailableImage image);

  void removeUnavailable(String sourceRef);

  /** Split that the bytes of a picture got in their first training. */
  Optional<Split> splitOfBytes(String digest);

  /**
   * Remembers a split. TRAIN is never overwritten, because a picture that was learned from must not
   * become a test picture.
   */
  void rememberSplit(String digest, Split split);

  void forgetSplits();

  Optional<DatasetCounts> counts(DatasetType dataset);

  void put(DatasetType dataset, DatasetCounts counts);

  void removeCounts(DatasetType dataset);

  /** Place of the last deletion that was applied to a data set. */
  Optional<String> lastDeletion(DatasetType dataset);

  void putLastDeletion(DatasetType dataset, String cutId);

  /** Where the files of a version of the project's model were asked for. */
  Optional<S3Location> output(String modelVersion);

  void putOutput(String modelVersion, S3Location location);

  void removeOutput(String modelVersion);

  void removeOutputs();

  /** What became so far of the images of an import that has not ended. */
  Optional<ImportTally> tally(String importId);

  void putTally(String importId, ImportTally tally);

  void removeTally(String importId);

  /**
   * An entry no longer refers to one of relook's objects. The object is erased later, unless
   * another entry refers to it.
   */
  void unreferenced(DatasetType dataset, String objectKey);
}
