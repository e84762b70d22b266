package io.relook.job.state;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Takes back the writes of a decision that fails, so that keyed state is as it was before. While a
 * decision runs, every write through {@link UndoableMapState} and {@link UndoableValueState} first
 * records its inverse here. Rolling back runs the inverses, the last one first (undo logging:
 * Ramakrishnan and Gehrke, "Database Management Systems", chapter 18).
 *
 * <p>Of one keyed function, for the key at hand. Nothing is kept between two decisions.
 */
public final class UndoLog {
  private final Deque<StateAccess.Write> inverses = new ArrayDeque<>();
  private boolean recording;

  /**
   * Runs a decision. It emits nothing itself: what it returns is emitted after it has succeeded.
   *
   * @throws RolledBackException when the decision failed by a defect: all its writes were taken
   *     back
   * @throws StateUnavailableException when state cannot be read or written: the task must fail
   */
  public <T> T run(Supplier<T> decision) throws RolledBackException {
    if (recording) {
      throw new IllegalStateException("A decision runs already");
    }
    recording = true;
    try {
      return decision.get();
    } catch (StateUnavailableException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      rollBack();
      throw new RolledBackException(e);
    } finally {
      recording = false;
      inverses.clear();
    }
  }

  private void rollBack() {
    recording = false;
    while (!inverses.isEmpty()) {
      StateAccess.write(inverses.pop());
    }
  }

  /** Whether a decision runs, so that a write must record its inverse. */
  boolean isRecording() {
    return recording;
  }

  /** Records what takes back the write that follows; nothing outside a decision. */
  public void record(StateAccess.Write inverse) {
    if (recording) {
      inverses.push(inverse);
    }
  }
}
