package io.relook.job.dataset;

import io.relook.job.state.StateAccess;
import java.util.Optional;
import org.apache.flink.api.common.state.MapState;

/** A map of keyed state as cells. */
record KeyedCells<K, V>(MapState<K, V> state) implements TimeIndex.Cells<K, V> {

  @Override
  public Optional<V> get(K key) {
    return StateAccess.read(() -> state.get(key));
  }

  @Override
  public void put(K key, V value) {
    StateAccess.write(() -> state.put(key, value));
  }

  @Override
  public void remove(K key) {
    StateAccess.write(() -> state.remove(key));
  }
}
