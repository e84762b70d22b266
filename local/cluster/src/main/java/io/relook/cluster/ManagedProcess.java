package io.relook.cluster;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that outlives its starter and is found again by its pid file. The file also has the
 * start time, so another process with the same id is not confused with it.
 *
 * @param name such as {@code taskmanager-1}; names its files
 * @param command program and arguments, without secrets, since every user can list them
 * @param environment variables added to this process's own
 */
public record ManagedProcess(
    String name, List<String> command, Map<String, String> environment, Layout layout) {

  public ManagedProcess {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /** The process if it runs, even if it is frozen. */
  public Optional<ProcessHandle> running() {
    Path file = layout.pid(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      String[] words = Files.readString(file, StandardCharsets.UTF_8).strip().split(" ");
      if (words.length != 2) {
        return Optional.empty(); // the writer was killed before it was complete
      }
      long started = Long.parseLong(words[1]);
      return ProcessHandle.of(Long.parseLong(words[0]))
          .filter(ProcessHandle::isAlive)
          .filter(handle -> startMillis(handle) == started);
    } catch (NumberFormatException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private static long startMillis(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Whether it was started and not stopped: it should run. */
  public boolean wanted() {
    return Files.exists(layout.pid(name));
  }

  /**
   * Starts the process unless it runs.
   *
   * @return whether it was started now
   */
  public synchronized boolean start() {
    if (running().isPresent()) {
      return false;
    }
    Path output = layout.output(name);
    List<String> line = new ArrayList<>();
    // In its own session, neither Ctrl-C nor the end of the terminal reaches it.
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      line.add("/usr/bin/setsid");
    } else {
      line.add("nohup");
    }
    line.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(layout.home().toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().putAll(environment);
    try {
      Files.createDirectories(layout.temporary(name));
      ProcessHandle handle = builder.start().toHandle();
      Files.writeString(
          layout.pid(name), handle.pid() + " " + startMillis(handle), StandardCharsets.UTF_8);
      return true;
    } catch (IOException e) {
      throw new RelookException(
          Kind.FAILED, "The process %s cannot be started: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** Kills the process, as a power cut would. It still counts as wanted. */
  public void kill() {
    running().ifPresent(ManagedProcess::killAndWait);
  }

  private static void killAndWait(ProcessHandle handle) {
    handle.destroyForcibly();
    await(handle, Duration.ofSeconds(10));
  }

  private static boolean await(ProcessHandle handle, Duration patience) {
    try {
      var unused = handle.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return !handle.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Asks the process to end, and kills it when it does not end in time. */
  public void stop(Duration patience) {
    running()
        .ifPresent(
            handle -> {
              signal(handle, "CONT"); // a frozen process does not handle the signal
              handle.destroy();
              if (!await(handle, patience)) {
                killAndWait(handle);
              }
            });
    try {
      Files.deleteIfExists(layout.pid(name));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + layout.pid(name), e);
    }
  }

  /** Freezes the process (SIGSTOP). */
  public void freeze() {
    running().ifPresent(handle -> signal(handle, "STOP"));
  }

  /** Continues a frozen process (SIGCONT). */
  public void thaw() {
    running().ifPresent(handle -> signal(handle, "CONT"));
  }

  private static void signal(ProcessHandle handle, String signal) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(handle.pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      kill.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot run kill", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The last error that the process printed or logged. */
  String lastWords() {
    for (Path file : List.of(layout.output(name), layout.log(name))) {
      try {
        if (Files.exists(file)) {
          List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
          for (int i = lines.size() - 1; i >= 0 && i > lines.size() - 200; i--) {
            String line = lines.get(i).strip();
            if (line.contains("Exception:") || line.contains("ERROR") || line.contains("Error:")) {
              return line.length() > 300 ? line.substring(0, 300) + "…" : line;
            }
          }
        }
      } catch (IOException e) {
        return "";
      }
    }
    return "";
  }

  /** The failure of a process that ended unexpectedly. */
  public RelookException died() {
    String words = lastWords();
    return new RelookException(
        Kind.FAILED,
        "The process %s ended%s. See %s and %s; ./relook cluster up starts it again."
            .formatted(
                name, words.isEmpty() ? "" : ": " + words, layout.log(name), layout.output(name)));
  }
}
