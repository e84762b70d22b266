package io.relook.job.dataset;

import io.relook.job.domain.ImageChange;
import io.relook.job.domain.Split;
import io.relook.job.state.RolledBackException;
import io.relook.job.state.StateAccess;
import io.relook.job.state.UndoLog;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.S3Location;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;

/**
 * The state of the current project, in Flink's keyed state; {@link DatasetFunction} lists its
 * parts.
 */
final class KeyedDatasetState implements DatasetState {
  private final UndoLog undo = new UndoLog();
  private final MapState<String, DatasetEntry> entries;
  private final MapState<String, UnavailableImage> unavailable;
  private final MapState<String, Split> splits;
  private final MapState<DatasetType, DatasetCounts> counts;
  private final MapState<DatasetType, String> deletions;
  private final MapState<String, ImportTally> imports;
  private final ListState<ImageChange> bufferedBefore;
  private final MapState<String, S3Location> outputs;
  private final MapState<Integer, Long> offsets;
  private final ValueState<Boolean> changed;
  private final ValueState<Long> forgetAt;
  private final DatasetIndex index;
  private final ValueState<Boolean> indexed;
  private final KeyedAlignmentState alignments;
  private final KeyedErasureState erasures;

  /**
   * Objects that lost a reference while the current element was processed; not part of the state.
   */
  private final Map<String, DatasetType> nowUnreferenced = new HashMap<>();

  /**
   * @param bucket relook's own bucket
   */
  KeyedDatasetState(RuntimeContext context, String bucket) {
    KeyedStates states = new KeyedStates(context, undo);
    entries = states.map("entries", String.class, DatasetEntry.class);
    unavailable = states.map("unavailable", String.class, UnavailableImage.class);
    splits = states.map("splits", String.class, Split.class);
    counts = states.map("counts", DatasetType.class, DatasetCounts.class);
    deletions = states.map("deletions", DatasetType.class, String.class);
    imports = states.map("imports", String.class, ImportTally.class);
    bufferedBefore = context.getListState(new ListStateDescriptor<>("buffered", ImageChange.class));
    outputs = states.map("outputs", String.class, S3Location.class);
    offsets = states.map("offsets", Integer.class, Long.class);
    changed = states.value("changed", Boolean.class);
    forgetAt = states.value("forget-at", Long.class);
    index =
        new DatasetIndex(
            new TimeIndex(
                states.cells("time-nodes", Long.class, Long.class),
                states.cells("time-heads", Long.class, String.class),
                states.cells("time-links", String.class, TimeLink.class)),
            new ObjectReferences(
                bucket,
                states.cells("pictures", String.class, PictureUse.class),
                states.cells("references", String.class, Integer.class)));
    indexed = states.value("indexed", Boolean.class);
    alignments = new KeyedAlignmentState(states);
    erasures = new KeyedErasureState(states, index);
  }

  /**
   * Takes over the state of a version without indexes; to be called before a project's state is
   * used. This reads all images of the project, once: every decision needs the whole index, and
   * Flink's state has no place to go on from that outlives a restart.
   *
   * @param objects relook's objects that a buffered change refers to
   */
  void index(Function<ImageChange, List<String>> objects) {
    if (StateAccess.read(indexed::value).isPresent()) {
      return;
    }
    StateAccess.write(
        () -> {
          for (DatasetEntry entry : entries.values()) {
            index.add(entry);
          }
          for (UnavailableImage image : unavailable.values()) {
            index.references().add(image);
          }
          erasures.index();
          Iterable<ImageChange> changes = bufferedBefore.get();
          if (changes != null) {
            for (ImageChange change : changes) {
              index.references().buffered(objects.apply(change));
              alignments.buffer(change.withoutLargeValue());
            }
          }
          bufferedBefore.clear();
          indexed.update(true);
        });
  }

  /** What is remembered of the project's cuts. */
  AlignmentState alignments() {
    return alignments;
  }

  /** What is remembered of objects that await erasure. */
  ErasureState erasures() {
    return erasures;
  }

  /** Images by the objects that they refer to. */
  ObjectReferences references() {
    return index.references();
  }

  /**
   * Runs a decision that writes this state. What waits for a cut is not part of a decision.
   *
   * @throws RolledBackException when it failed: the state is as it was before
   */
  <T> T orRollBack(Supplier<T> decision) throws RolledBackException {
    return undo.run(decision);
  }

  // --- entries
  // ------------------------------------------------------------------------------------

  @Override
  public Optional<DatasetEntry> entry(String sourceRef) {
    return StateAccess.read(() -> entries.get(sourceRef));
  }

  @Override
  public Iterable<DatasetEntry> newestFirst(DatasetType dataset, Label label) {
    Iterable<String> newest = index.newestFirst(dataset, label);
    return () ->
        StreamSupport.stream(newest.spliterator(), false)
            .map(sourceRef -> entry(sourceRef).orElseThrow())
            .iterator();
  }

  @Override
  public void put(DatasetEntry entry) {
    entry(entry.sourceRef())
        .ifPresentOrElse(before -> index.replace(before, entry), () -> index.add(entry));
    StateAccess.write(() -> entries.put(entry.sourceRef(), entry));
  }

  @Override
  public void remove(String sourceRef) {
    entry(sourceRef).ifPresent(index::remove);
    StateAccess.write(() -> entries.remove(sourceRef));
  }

  @Override
  public Optional<UnavailableImage> unavailable(String sourceRef) {
    return StateAccess.read(() -> unavailable.get(sourceRef));
  }

  @Override
  public Iterable<UnavailableImage> unavailable() {
    return StateAccess.read(unavailable::values).orElse(List.of());
  }

  @Override
  public void put(UnavailableImage image) {
    unavailable(image.sourceRef()).ifPresent(index.references()::remove);
    index.references().add(image);
    StateAccess.write(() -> unavailable.put(image.sourceRef(), image));
  }

  @Override
  public void removeUnavailable(String sourceRef) {
    unavailable(sourceRef).ifPresent(index.references()::remove);
    StateAccess.write(() -> unavailable.remove(sourceRef));
  }

  @Override
  public Optional<Split> splitOfBytes(String digest) {
    return StateAccess.read(() -> splits.get(digest));
  }

  @Override
  public void rememberSplit(String digest, Split split) {
    StateAccess.write(
        () -> {
          if (splits.get(digest) != Split.TRAIN) {
            splits.put(digest, split);
          }
        });
  }

  @Override
  public void forgetSplits() {
    splits.clear();
  }

  @Override
  public Optional<DatasetCounts> counts(DatasetType dataset) {
    return StateAccess.read(() -> counts.get(dataset));
  }

  @Override
  public void put(DatasetType dataset, DatasetCounts now) {
    StateAccess.write(() -> counts.put(dataset, now));
  }

  @Override
  public void removeCounts(DatasetType dataset) {
    StateAccess.write(() -> counts.remove(dataset));
  }

  @Override
  public Optional<String> lastDeletion(DatasetType dataset) {
    return StateAccess.read(() -> deletions.get(dataset));
  }

  @Override
  public void putLastDeletion(DatasetType dataset, String cutId) {
    StateAccess.write(() -> deletions.put(dataset, cutId));
  }

  @Override
  public Optional<S3Location> output(String modelVersion) {
    return StateAccess.read(() -> outputs.get(modelVersion));
  }

  @Override
  public void putOutput(String modelVersion, S3Location location) {
    StateAccess.write(() -> outputs.put(modelVersion, location));
  }

  @Override
  public void removeOutput(String modelVersion) {
    StateAccess.write(() -> outputs.remove(modelVersion));
  }

  @Override
  public void removeOutputs() {
    outputs.clear();
  }

  @Override
  public Optional<ImportTally> tally(String importId) {
    return StateAccess.read(() -> imports.get(importId));
  }

  @Override
  public void putTally(String importId, ImportTally tally) {
    StateAccess.write(() -> imports.put(importId, tally));
  }

  @Override
  public void removeTally(String importId) {
    StateAccess.write(() -> imports.remove(importId));
  }

  @Override
  public void unreferenced(DatasetType dataset, String objectKey) {
    undo.record(nowUnreferenced::clear);
    nowUnreferenced.put(objectKey, dataset);
  }

  /** Objects that lost a reference since the last call. */
  Map<String, DatasetType> takeUnreferenced() {
    Map<String, DatasetType> taken = Map.copyOf(nowUnreferenced);
    nowUnreferenced.clear();
    return taken;
  }

  // --- the rest
  // -----------------------------------------------------------------------------------

  /** Puts the offset of a partition, and returns the one before it. */
  Optional<Long> putOffset(int partition, long offset) {
    Optional<Long> before = StateAccess.read(() -> offsets.get(partition));
    StateAccess.write(() -> offsets.put(partition, offset));
    return before;
  }

  /** Number of images of all data sets. */
  int images() {
    int images = 0;
    for (DatasetType type : DatasetType.values()) {
      images += counts(type).map(counts -> counts.images().total()).orElse(0);
    }
    return images;
  }

  /** Whether an event on {@code relook.datasets} is due. */
  boolean isChanged() {
    return StateAccess.read(changed::value).isPresent();
  }

  void putChanged() {
    StateAccess.write(() -> changed.update(true));
  }

  void clearChanged() {
    changed.clear();
  }

  /** Processing time at which the rest of a deleted project is forgotten. */
  Optional<Long> forgetAt() {
    return StateAccess.read(forgetAt::value);
  }

  void putForgetAt(long at) {
    StateAccess.write(() -> forgetAt.update(at));
  }

  /** Forgets the rest of a deleted project, unless the project is used again. */
  void forgetUnlessUsed() {
    forgetAt.clear();
    StateAccess.write(
        () -> {
          if (entries.isEmpty()
              && unavailable.isEmpty()
              && counts.isEmpty()
              && !alignments.isAligning()) {
            alignments.forget();
            offsets.clear();
            deletions.clear();
            indexed.clear();
          }
        });
  }
}
