package io.relook.job.state;

import java.io.IOException;
import org.apache.flink.api.common.state.ValueState;
import org.jspecify.annotations.Nullable;

/** A value of keyed state whose writes a {@link UndoLog} can take back. */
public final class UndoableValueState<T> implements ValueState<T> {
  private final ValueState<T> state;
  private final UndoLog log;

  public UndoableValueState(ValueState<T> state, UndoLog log) {
    this.state = state;
    this.log = log;
  }

  @Override
  public @Nullable T value() throws IOException {
    return state.value();
  }

  @Override
  public void update(@Nullable T value) throws IOException {
    recordPresent();
    state.update(value);
  }

  @Override
  public void clear() {
    StateAccess.write(
        () -> {
          recordPresent();
          state.clear();
        });
  }

  private void recordPresent() throws IOException {
    if (log.isRecording()) {
      T before = state.value();
      log.record(before == null ? state::clear : () -> state.update(before));
    }
  }
}
