package io.relook.job.quarantine;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets the long work of one process run side by side, except for suspected work, which runs alone:
 * if the process ends then, no other work can be the cause. First come, first served.
 */
public final class ExclusiveTurns {
  /** The turns of this process, for the job at hand. */
  public static final ExclusiveTurns OF_PROCESS = new ExclusiveTurns();

  private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

  /** A turn that was taken; closing it, in the same thread, ends it. */
  @FunctionalInterface
  public interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for a turn beside other work. */
  Turn shared() throws InterruptedException {
    return take(lock.readLock());
  }

  /** Waits for a turn alone. */
  Turn exclusive() throws InterruptedException {
    return take(lock.writeLock());
  }

  private static Turn take(Lock lock) throws InterruptedException {
    lock.lockInterruptibly();
    return lock::unlock;
  }
}
