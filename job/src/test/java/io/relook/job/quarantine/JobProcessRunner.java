package io.relook.job.quarantine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a {@link JobProcess} running, as a supervisor does: whenever it ends, it starts it again.
 */
public final class JobProcessRunner implements AutoCloseable {
  /** More than this and the quarantine was not found out. */
  private static final int MOST_HALTS = 8;

  private final Path directory;
  private final Map<String, String> options;
  private final Map<String, String> environment;
  private final AtomicInteger halts = new AtomicInteger();
  private @Nullable Process process;
  private boolean stopping;

  public JobProcessRunner(
      Path directory, Map<String, String> options, Map<String, String> environment)
      throws IOException {
    this.directory = Files.createDirectories(directory);
    this.options = Map.copyOf(options);
    this.environment = Map.copyOf(environment);
  }

  /** Starts the process. */
  public synchronized void start() {
    try {
      Process started = JobProcess.start(directory, options, environment);
      process = started;
      CompletableFuture<Process> unused = started.onExit().thenApply(this::ended);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized Process ended(Process ended) {
    if (ended.exitValue() == HostilePng.HALTED
        && halts.incrementAndGet() < MOST_HALTS
        && !stopping) {
      start();
    }
    return ended;
  }

  /** How often the decoder has ended the process. */
  public int halts() {
    return halts.get();
  }

  /** Stops the job with a savepoint; answers 0 if it was running. */
  public int stop() throws IOException, InterruptedException {
    Process running;
    synchronized (this) {
      stopping = true;
      running = process;
    }
    if (running == null) {
      throw new IllegalStateException("Nothing was started");
    }
    running.getOutputStream().close();
    return running.waitFor();
  }

  @Override
  public synchronized void close() {
    stopping = true;
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
