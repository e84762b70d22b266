package io.relook.job.dataset;

import io.relook.job.state.UndoLog;
import io.relook.job.state.UndoableMapState;
import io.relook.job.state.UndoableValueState;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/** Opens parts of keyed state whose writes can be taken back. */
record KeyedStates(RuntimeContext context, UndoLog undo) {

  <K, V> MapState<K, V> map(String name, Class<K> key, Class<V> value) {
    return new UndoableMapState<>(
        context.getMapState(new MapStateDescriptor<>(name, key, value)), undo);
  }

  <K, V> TimeIndex.Cells<K, V> cells(String name, Class<K> key, Class<V> value) {
    return new KeyedCells<>(map(name, key, value));
  }

  <V> ValueState<V> value(String name, Class<V> value) {
    return new UndoableValueState<>(
        context.getState(new ValueStateDescriptor<>(name, value)), undo);
  }
}
