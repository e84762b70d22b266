package io.relook.chaos;

import io.relook.cluster.Cluster;
import io.relook.cluster.ManagedProcess;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts dead processes of a cluster again, as a service manager does. */
final class Supervisor implements AutoCloseable {
  private final Cluster cluster;
  private final AtomicInteger restarts = new AtomicInteger();
  private final Thread thread;
  private volatile boolean closed;

  private Supervisor(Cluster cluster) {
    this.cluster = cluster;
    this.thread = new Thread(this::supervise, "supervisor");
    this.thread.setDaemon(true);
  }

  static Supervisor start(Cluster cluster) {
    Supervisor supervisor = new Supervisor(cluster);
    supervisor.thread.start();
    return supervisor;
  }

  private void supervise() {
    while (!closed) {
      for (ManagedProcess process : cluster.processes().values()) {
        if (!closed && process.wanted() && process.running().isEmpty() && process.start()) {
          restarts.incrementAndGet();
        }
      }
      try {
        TimeUnit.MILLISECONDS.sleep(200);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** How many processes were started again. */
  int restarts() {
    return restarts.get();
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
