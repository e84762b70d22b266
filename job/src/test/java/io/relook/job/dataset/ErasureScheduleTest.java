package io.relook.job.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.dataset.ErasureSchedule.Due;
import io.relook.job.dataset.ErasureState.Stage;
import io.relook.job.domain.BucketLayout;
import io.relook.wire.DatasetType;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ErasureScheduleTest {
  private static final long DELAY = 49L * 3_600_000;
  private static final long NOW = 1_700_000_000_000L;

  private final ErasureSchedule schedule = new ErasureSchedule(DELAY);
  private final InMemoryErasureState state = new InMemoryErasureState();

  @Test
  void anObjectWaitsForTheDelayThenForAnHourInTrash() {
    long dueAt = add("features/a");
    assertThat(dueAt).isGreaterThan(NOW + DELAY).isLessThanOrEqualTo(NOW + DELAY + 600_000);

    assertThat(due(dueAt - 1).toTrash()).isEmpty();
    Due trashed = due(dueAt);
    assertThat(trashed.toTrash()).containsExactly("features/a");
    assertThat(trashed.erased()).isEmpty();
    assertThat(trashed.timers()).containsExactly(dueAt + ErasureSchedule.TRASH_MILLIS);

    assertThat(due(dueAt + ErasureSchedule.TRASH_MILLIS - 1).erased()).isEmpty();
    assertThat(due(dueAt + ErasureSchedule.TRASH_MILLIS).erased()).containsOnlyKeys("features/a");
    assertThat(state.isEmpty()).isTrue();
  }

  @Test
  void anObjectThatAnImageRefersToAgainStays() {
    long dueAt = add("features/a", "features/b");

    Due due = schedule.due(state, dueAt, key -> false, "features/a"::equals);

    assertThat(due.toTrash()).containsExactly("features/b");
    assertThat(state.of(Stage.UNREFERENCED)).isEmpty();
  }

  @Test
  void objectsOfBufferedChangesAreDecidedAboutLater() {
    long dueAt = add("features/a");

    Due due = schedule.due(state, dueAt, "features/a"::equals, key -> false);

    assertThat(due.toTrash()).isEmpty();
    assertThat(due.timers()).hasSize(1).allMatch(timer -> timer > dueAt);
    assertThat(state.of(Stage.UNREFERENCED)).containsOnlyKeys("features/a");
  }

  @Test
  void anObjectInTrashIsRestoredOnce() {
    due(add("features/a"));

    assertThat(schedule.restore(state, List.of("features/a", "features/b")))
        .containsExactly("features/a");
    assertThat(schedule.restore(state, List.of("features/a"))).isEmpty();
    assertThat(state.isEmpty()).isTrue();
  }

  @Test
  void manyObjectsTakeSeveralSteps() {
    String[] keys = new String[ErasureSchedule.AT_ONCE + 1];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "features/%03d".formatted(i);
    }
    long dueAt = add(keys);

    Due first = due(dueAt);
    assertThat(first.toTrash()).hasSize(ErasureSchedule.AT_ONCE);
    assertThat(first.timers()).contains(dueAt + 1_000);
    assertThat(due(dueAt + 1_000).toTrash()).containsExactly(keys[keys.length - 1]);
  }

  @Test
  void nothingIsReadWhileNothingIsDue() {
    Predicate<String> unread =
        key -> {
          throw new AssertionError("read");
        };

    assertThat(schedule.due(state, NOW, unread, unread).timers()).isEmpty();
  }

  @Test
  void picturesAreCountedByTheirFeaturesUnlessTheyStay() {
    Map<String, DueErasure> erased =
        Map.of(
            BucketLayout.features("1/bolts", "v", "gone"), new DueErasure(DatasetType.TRAIN, 1),
            BucketLayout.features("1/bolts", "old", "stays"), new DueErasure(DatasetType.TRAIN, 1),
            BucketLayout.picture("1/bolts", "gone"), new DueErasure(DatasetType.TRAIN, 1),
            BucketLayout.mask("1/bolts", "m"), new DueErasure(DatasetType.TEST, 1));

    assertThat(ErasureSchedule.pictures(erased, "stays"::equals))
        .isEqualTo(Map.of(DatasetType.TRAIN, 1, DatasetType.TEST, 0));
  }

  private long add(String... keys) {
    Map<String, DatasetType> unreferenced = new HashMap<>();
    for (String key : keys) {
      unreferenced.put(key, DatasetType.TRAIN);
    }
    return schedule.add(state, unreferenced, NOW);
  }

  private Due due(long now) {
    return schedule.due(state, now, key -> false, key -> false);
  }

  private static final class InMemoryErasureState implements ErasureState {
    private final Map<Stage, Map<String, DueErasure>> objects = new EnumMap<>(Stage.class);

    Map<String, DueErasure> of(Stage stage) {
      return objects.computeIfAbsent(stage, s -> new TreeMap<>());
    }

    boolean isEmpty() {
      return objects.values().stream().allMatch(Map::isEmpty);
    }

    @Override
    public Map<String, DueErasure> due(Stage stage, long now, int most) {
      return of(stage).entrySet().stream()
          .filter(object -> object.getValue().dueAt() <= now)
          .limit(most)
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public boolean contains(Stage stage, String key) {
      return of(stage).containsKey(key);
    }

    @Override
    public void put(Stage stage, String key, DueErasure due) {
      of(stage).put(key, due);
    }

    @Override
    public void remove(Stage stage, String key) {
      of(stage).remove(key);
    }
  }
}
