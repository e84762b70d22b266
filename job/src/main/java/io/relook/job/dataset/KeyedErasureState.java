package io.relook.job.dataset;

import io.relook.job.state.StateAccess;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.state.MapState;

/** What is remembered of the current project's objects that await erasure, in keyed state. */
final class KeyedErasureState implements ErasureState {
  private final MapState<String, DueErasure> unreferenced;
  private final MapState<String, DueErasure> trash;
  private final DatasetIndex index;

  KeyedErasureState(KeyedStates states, DatasetIndex index) {
    unreferenced = states.map("unreferenced", String.class, DueErasure.class);
    trash = states.map("trash", String.class, DueErasure.class);
    this.index = index;
  }

  /** Adds all objects to the index, which has none of them. */
  void index() {
    StateAccess.write(
        () -> {
          for (Stage stage : Stage.values()) {
            for (Map.Entry<String, DueErasure> due : of(stage).entries()) {
              index.add(stage, due.getKey(), due.getValue());
            }
          }
        });
  }

  @Override
  public Map<String, DueErasure> due(Stage stage, long now, int most) {
    Map<String, DueErasure> due = new HashMap<>();
    for (String key : index.firstDue(stage)) {
      DueErasure object = find(stage, key).orElseThrow();
      if (object.dueAt() > now || due.size() == most) {
        break;
      }
      due.put(key, object);
    }
    return due;
  }

  private Optional<DueErasure> find(Stage stage, String key) {
    return StateAccess.read(() -> of(stage).get(key));
  }

  @Override
  public boolean contains(Stage stage, String key) {
    return find(stage, key).isPresent();
  }

  @Override
  public void put(Stage stage, String key, DueErasure due) {
    find(stage, key).ifPresent(before -> index.remove(stage, key, before));
    index.add(stage, key, due);
    StateAccess.write(() -> of(stage).put(key, due));
  }

  @Override
  public void remove(Stage stage, String key) {
    find(stage, key).ifPresent(before -> index.remove(stage, key, before));
    StateAccess.write(() -> of(stage).remove(key));
  }

  private MapState<String, DueErasure> of(Stage stage) {
    return stage == Stage.TRASH ? trash : unreferenced;
  }
}
