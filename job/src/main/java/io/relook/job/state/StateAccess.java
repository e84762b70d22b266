package io.relook.job.state;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes Flink's state. Its checked exceptions become {@link StateUnavailableException},
 * because no caller can handle them: the task must fail.
 */
public final class StateAccess {

  private StateAccess() {}

  /** Reads state. */
  public interface Read<T> {
    @Nullable T run() throws Exception;
  }

  /** Writes state. */
  public interface Write {
    void run() throws Exception;
  }

  /** Reads; empty when the state holds nothing. */
  public static <T> Optional<T> read(Read<T> access) {
    try {
      return Optional.ofNullable(access.run());
    } catch (Exception e) {
      throw new StateUnavailableException("State cannot be read", e);
    }
  }

  /** Writes. */
  public static void write(Write access) {
    try {
      access.run();
    } catch (Exception e) {
      throw new StateUnavailableException("State cannot be written", e);
    }
  }
}
