package io.relook.job.dataset;

import io.relook.job.dataset.ErasureState.Stage;
import io.relook.job.domain.BucketLayout;
import io.relook.wire.DatasetType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Decides which of relook's own objects are erased, and when: {@code (time, state) → objects}.
 * Pure; times are processing times in milliseconds since the epoch.
 *
 * <p>An object that no image refers to any more waits for {@code erasure.delay}, because a training
 * may still need it. Then it is moved to trash, unless an image refers to it again by then. It is
 * erased an hour later; an image that arrives in between restores it.
 *
 * <p>One step takes a limited number of objects, because checkpoints wait for the store meanwhile.
 * Objects that become due at about the same time share a timer.
 */
final class ErasureSchedule {

  /**
   * How long an object lies in trash. The extraction looks for the objects of an image before the
   * image arrives here; this time is far longer than an image takes between the two.
   */
  static final long TRASH_MILLIS = 3_600_000;

  /** Most objects that one step takes. */
  static final int AT_ONCE = 200;

  private static final long NEXT_STEP_MILLIS = 1_000;
  private static final long GRAIN_MILLIS = 600_000;

  private final long delayMillis;

  /**
   * @param delayMillis how long an object waits that no image refers to
   */
  ErasureSchedule(long delayMillis) {
    this.delayMillis = delayMillis;
  }

  /**
   * What one step does.
   *
   * @param toTrash keys of objects to move to trash
   * @param erased keys of objects to erase from trash, with what is known of them
   * @param timers when to look again
   */
  record Due(Set<String> toTrash, Map<String, DueErasure> erased, Set<Long> timers) {}

  /**
   * Schedules objects that lost a reference.
   *
   * @param unreferenced their keys, and the data set of the image that referred to them
   * @return when they are due
   */
  long add(ErasureState state, Map<String, DatasetType> unreferenced, long now) {
    long grain = Math.max(1, Math.min(GRAIN_MILLIS, delayMillis));
    long dueAt = ((now + delayMillis) / grain + 1) * grain;
    unreferenced.forEach(
        (key, dataset) -> state.put(Stage.UNREFERENCED, key, new DueErasure(dataset, dueAt)));
    return dueAt;
  }

  /**
   * Takes the objects of an image that are in trash out of the schedule, and returns their keys:
   * they must be restored.
   */
  List<String> restore(ErasureState state, List<String> objects) {
    List<String> restored =
        objects.stream().filter(key -> state.contains(Stage.TRASH, key)).toList();
    restored.forEach(key -> state.remove(Stage.TRASH, key));
    return restored;
  }

  /**
   * Takes the objects whose time has come.
   *
   * @param buffered whether a change that waits for a cut refers to an object: it is postponed,
   *     until the change is applied or rejected
   * @param referenced whether an image refers to an object
   */
  Due due(ErasureState state, long now, Predicate<String> buffered, Predicate<String> referenced) {
    Map<String, DueErasure> toTrash = new TreeMap<>(state.due(Stage.UNREFERENCED, now, AT_ONCE));
    Map<String, DueErasure> erased = new TreeMap<>(state.due(Stage.TRASH, now, AT_ONCE));
    Set<Long> timers = new TreeSet<>();
    if (toTrash.isEmpty() && erased.isEmpty()) {
      return new Due(Set.of(), Map.of(), timers);
    }
    if (toTrash.size() == AT_ONCE || erased.size() == AT_ONCE) {
      timers.add(now + NEXT_STEP_MILLIS);
    }
    postpone(state, Stage.UNREFERENCED, buffered, toTrash, now, timers);
    postpone(state, Stage.TRASH, buffered, erased, now, timers);
    toTrash.keySet().forEach(key -> state.remove(Stage.UNREFERENCED, key));
    toTrash.keySet().removeIf(referenced);
    if (!toTrash.isEmpty()) {
      long dueAt = now + Math.min(TRASH_MILLIS, delayMillis);
      toTrash.forEach(
          (key, due) -> state.put(Stage.TRASH, key, new DueErasure(due.dataset(), dueAt)));
      timers.add(dueAt);
    }
    erased.keySet().forEach(key -> state.remove(Stage.TRASH, key));
    return new Due(toTrash.keySet(), erased, timers);
  }

  private static void postpone(
      ErasureState state,
      Stage stage,
      Predicate<String> buffered,
      Map<String, DueErasure> due,
      long now,
      Set<Long> timers) {
    long dueAt = now + GRAIN_MILLIS;
    for (String key : List.copyOf(due.keySet())) {
      if (buffered.test(key)) {
        DueErasure object = Objects.requireNonNull(due.remove(key));
        state.put(stage, key, new DueErasure(object.dataset(), dueAt));
        timers.add(dueAt);
      }
    }
  }

  /**
   * Counts the pictures whose copies were erased. Each picture has features, so features are
   * counted; those of a former backbone may be erased while an image still has the picture.
   *
   * @param present whether an image has the picture with a digest
   */
  static Map<DatasetType, Integer> pictures(
      Map<String, DueErasure> erased, Predicate<String> present) {
    Map<DatasetType, Integer> pictures = new EnumMap<>(DatasetType.class);
    erased.forEach(
        (key, object) -> {
          boolean isPicture =
              BucketLayout.isFeatures(key) && !present.test(BucketLayout.digestOf(key));
          pictures.merge(object.dataset(), isPicture ? 1 : 0, Integer::sum);
        });
    return pictures;
  }
}
