package io.relook.job.quarantine;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets long work of one process run side by side, but what is under suspicion alone: should the
 * process end then, nothing else is to blame. First come, first served.
 */
public final class ExclusiveTurns {
  /** Those of this process, for the job at hand. */
  public static final ExclusiveTurns OF_PROCESS = new ExclusiveTurns();

  private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

  /** Ends a turn. */
  @FunctionalInterface
  public interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for a turn; whoever takes it ends it in the same thread. */
  Turn take(boolean alone) throws InterruptedException {
    Lock taken = alone ? lock.writeLock() : lock.readLock();
    taken.lockInterruptibly();
    return taken::unlock;
  }
}
