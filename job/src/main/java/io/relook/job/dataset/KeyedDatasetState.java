package io.relook.job.dataset;

import io.relook.job.domain.ImageChange;
import io.relook.job.domain.Split;
import io.relook.job.state.RolledBackException;
import io.relook.job.state.StateAccess;
import io.relook.job.state.UndoLog;
import io.relook.job.state.UndoableMapState;
import io.relook.job.state.UndoableValueState;
import io.relook.wire.DatasetType;
import io.relook.wire.S3Location;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/**
 * The state of the current project, in Flink's keyed state; {@link DatasetFunction} lists its
 * parts.
 */
final class KeyedDatasetState implements DatasetState, AlignmentState, ErasureState {
  private final UndoLog undo = new UndoLog();
  private final MapState<String, DatasetEntry> entries;
  private final MapState<String, UnavailableImage> unavailable;
  private final MapState<String, Split> splits;
  private final MapState<DatasetType, DatasetCounts> counts;
  private final MapState<DatasetType, String> deletions;
  private final MapState<String, ImportTally> imports;
  private final MapState<String, DueErasure> unreferenced;
  private final MapState<String, DueErasure> trash;
  private final ValueState<CutAlignment> alignment;
  private final ListState<ImageChange> buffered;
  private final MapState<String, Long> appliedCuts;
  private final ValueState<Incarnation> incarnation;
  private final MapState<String, S3Location> outputs;
  private final MapState<Integer, Long> offsets;
  private final ValueState<Boolean> changed;
  private final ValueState<Long> forgetAt;

  /**
   * Objects that lost a reference while the current element was processed; not part of the state.
   */
  private final Map<String, DatasetType> nowUnreferenced = new HashMap<>();

  KeyedDatasetState(RuntimeContext context) {
    entries = undoable(context, map("entries", String.class, DatasetEntry.class));
    unavailable = undoable(context, map("unavailable", String.class, UnavailableImage.class));
    splits = undoable(context, map("splits", String.class, Split.class));
    counts = undoable(context, map("counts", DatasetType.class, DatasetCounts.class));
    deletions = undoable(context, map("deletions", DatasetType.class, String.class));
    imports = undoable(context, map("imports", String.class, ImportTally.class));
    unreferenced = undoable(context, map("unreferenced", String.class, DueErasure.class));
    trash = undoable(context, map("trash", String.class, DueErasure.class));
    alignment = undoable(context, new ValueStateDescriptor<>("alignment", CutAlignment.class));
    buffered = context.getListState(new ListStateDescriptor<>("buffered", ImageChange.class));
    appliedCuts = undoable(context, map("applied-cuts", String.class, Long.class));
    incarnation = undoable(context, new ValueStateDescriptor<>("incarnation", Incarnation.class));
    outputs = undoable(context, map("outputs", String.class, S3Location.class));
    offsets = undoable(context, map("offsets", Integer.class, Long.class));
    changed = undoable(context, new ValueStateDescriptor<>("changed", Boolean.class));
    forgetAt = undoable(context, new ValueStateDescriptor<>("forget-at", Long.class));
  }

  private <K, V> MapState<K, V> undoable(
      RuntimeContext context, MapStateDescriptor<K, V> descriptor) {
    return new UndoableMapState<>(context.getMapState(descriptor), undo);
  }

  private <V> ValueState<V> undoable(RuntimeContext context, ValueStateDescriptor<V> descriptor) {
    return new UndoableValueState<>(context.getState(descriptor), undo);
  }

  /**
   * Runs a decision that writes this state. What waits for a cut is not part of a decision.
   *
   * @throws RolledBackException when it failed: the state is as it was before
   */
  <T> T orRollBack(Supplier<T> decision) throws RolledBackException {
    return undo.run(decision);
  }

  private static <K, V> MapStateDescriptor<K, V> map(String name, Class<K> key, Class<V> value) {
    return new MapStateDescriptor<>(name, key, value);
  }

  // --- entries
  // ------------------------------------------------------------------------------------

  @Override
  public Optional<DatasetEntry> entry(String sourceRef) {
    return StateAccess.read(() -> entries.get(sourceRef));
  }

  @Override
  public Iterable<DatasetEntry> entriesInAnyOrder() {
    return StateAccess.read(entries::values).orElse(List.of());
  }

  @Override
  public void put(DatasetEntry entry) {
    StateAccess.write(() -> entries.put(entry.sourceRef(), entry));
  }

  @Override
  public void remove(String sourceRef) {
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
    StateAccess.write(() -> unavailable.put(image.sourceRef(), image));
  }

  @Override
  public void removeUnavailable(String sourceRef) {
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

  // --- alignment
  // ----------------------------------------------------------------------------------

  @Override
  public CutAlignment alignment() {
    return StateAccess.read(alignment::value).orElse(CutAlignment.NONE);
  }

  @Override
  public void put(CutAlignment now) {
    StateAccess.write(() -> alignment.update(now));
  }

  @Override
  public Iterable<ImageChange> buffered() {
    return StateAccess.read(buffered::get).orElse(List.of());
  }

  @Override
  public void buffer(ImageChange change) {
    StateAccess.write(() -> buffered.add(change));
  }

  @Override
  public void endAlignment() {
    alignment.clear();
    buffered.clear();
  }

  @Override
  public boolean isApplied(String cutId) {
    return StateAccess.read(() -> appliedCuts.contains(cutId)).orElse(false);
  }

  @Override
  public Iterable<Map.Entry<String, Long>> appliedCuts() {
    return StateAccess.read(appliedCuts::entries).orElse(List.of());
  }

  @Override
  public void rememberApplied(String cutId, long timestamp) {
    StateAccess.write(() -> appliedCuts.put(cutId, timestamp));
  }

  @Override
  public void forgetApplied(String cutId) {
    StateAccess.write(() -> appliedCuts.remove(cutId));
  }

  @Override
  public Incarnation incarnation() {
    return StateAccess.read(incarnation::value).orElse(Incarnation.UNKNOWN);
  }

  @Override
  public void put(Incarnation now) {
    StateAccess.write(() -> incarnation.update(now));
  }

  // --- erasure
  // ------------------------------------------------------------------------------------

  @Override
  public Iterable<Map.Entry<String, DueErasure>> entries(Stage stage) {
    return StateAccess.read(() -> of(stage).entries()).orElse(List.of());
  }

  @Override
  public boolean contains(Stage stage, String key) {
    return StateAccess.read(() -> of(stage).contains(key)).orElse(false);
  }

  @Override
  public void put(Stage stage, String key, DueErasure due) {
    StateAccess.write(() -> of(stage).put(key, due));
  }

  @Override
  public void remove(Stage stage, String key) {
    StateAccess.write(() -> of(stage).remove(key));
  }

  private MapState<String, DueErasure> of(Stage stage) {
    return stage == Stage.TRASH ? trash : unreferenced;
  }

  // --- the rest
  // -----------------------------------------------------------------------------------

  /** Puts the offset of a partition, and returns the one before it. */
  Optional<Long> putOffset(int partition, long offset) {
    Optional<Long> before = StateAccess.read(() -> offsets.get(partition));
    StateAccess.write(() -> offsets.put(partition, offset));
    return before;
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
              && alignment.value() == null) {
            appliedCuts.clear();
            incarnation.clear();
            offsets.clear();
            deletions.clear();
          }
        });
  }
}
