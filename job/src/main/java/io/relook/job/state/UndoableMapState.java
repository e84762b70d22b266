package io.relook.job.state;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.common.state.MapState;
import org.jspecify.annotations.Nullable;

/**
 * A map of keyed state whose writes a {@link UndoLog} can take back. Entries change through its own
 * methods only: iterators do not remove. A failure while iterating is one of the state, too.
 */
public final class UndoableMapState<K, V> implements MapState<K, V> {
  private final MapState<K, V> state;
  private final UndoLog log;

  public UndoableMapState(MapState<K, V> state, UndoLog log) {
    this.state = state;
    this.log = log;
  }

  @Override
  public @Nullable V get(K key) throws Exception {
    return state.get(key);
  }

  @Override
  public boolean contains(K key) throws Exception {
    return state.contains(key);
  }

  @Override
  public boolean isEmpty() throws Exception {
    return state.isEmpty();
  }

  @Override
  public void put(K key, V value) throws Exception {
    recordPresent(key);
    state.put(key, value);
  }

  @Override
  public void putAll(Map<K, V> entries) throws Exception {
    for (K key : entries.keySet()) {
      recordPresent(key);
    }
    state.putAll(entries);
  }

  @Override
  public void remove(K key) throws Exception {
    recordPresent(key);
    state.remove(key);
  }

  @Override
  public void clear() {
    StateAccess.write(
        () -> {
          if (log.isRecording()) {
            List<Map.Entry<K, V>> before = new ArrayList<>();
            for (Map.Entry<K, V> entry : state.entries()) {
              before.add(Map.entry(entry.getKey(), entry.getValue()));
            }
            log.record(
                () -> {
                  for (Map.Entry<K, V> entry : before) {
                    state.put(entry.getKey(), entry.getValue());
                  }
                });
          }
          state.clear();
        });
  }

  private void recordPresent(K key) throws Exception {
    if (log.isRecording()) {
      V before = state.get(key);
      log.record(before == null ? () -> state.remove(key) : () -> state.put(key, before));
    }
  }

  @Override
  public Iterable<Map.Entry<K, V>> entries() throws Exception {
    Iterable<Map.Entry<K, V>> entries = state.entries();
    return entries == null ? List.of() : () -> new Reading<>(entries.iterator());
  }

  @Override
  public Iterable<K> keys() throws Exception {
    Iterable<K> keys = state.keys();
    return keys == null ? List.of() : () -> new Reading<>(keys.iterator());
  }

  @Override
  public Iterable<V> values() throws Exception {
    Iterable<V> values = state.values();
    return values == null ? List.of() : () -> new Reading<>(values.iterator());
  }

  @Override
  public Iterator<Map.Entry<K, V>> iterator() throws Exception {
    return entries().iterator();
  }

  /** Reads on, and fails as the state does; it removes nothing. */
  private record Reading<T>(Iterator<T> state) implements Iterator<T> {
    @Override
    public boolean hasNext() {
      return of(Iterator::hasNext);
    }

    @Override
    public T next() {
      return of(Iterator::next);
    }

    private <R> R of(Function<Iterator<T>, R> read) {
      return StateAccess.read(() -> read.apply(state)).orElseThrow();
    }
  }
}
