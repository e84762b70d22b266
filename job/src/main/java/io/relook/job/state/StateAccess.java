package io.relook.job.state;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Flink's state throws checked exceptions that nobody can handle: the task has to fail. */
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

  /** What the state holds, if anything. */
  public static <T> Optional<T> read(Read<T> access) {
    try {
      return Optional.ofNullable(access.run());
    } catch (Exception e) {
      throw new StateUnavailableException("State cannot be read", e);
    }
  }

  public static void write(Write access) {
    try {
      access.run();
    } catch (Exception e) {
      throw new StateUnavailableException("State cannot be written", e);
    }
  }
}
