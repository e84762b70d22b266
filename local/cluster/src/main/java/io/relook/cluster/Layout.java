package io.relook.cluster;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The directories and files of one cluster. */
public record Layout(Path home) {

  /** The layout below a directory, which is created if missing. */
  public static Layout in(Path directory) {
    Layout layout = new Layout(directory.toAbsolutePath().normalize());
    try {
      for (String child : new String[] {"conf", "logs", "pids", "tmp", "flink"}) {
        Files.createDirectories(layout.home.resolve(child));
      }
    } catch (IOException e) {
      throw new RelookException(
          Kind.USAGE, "The directory " + layout.home + " cannot be created: " + e.getMessage(), e);
    }
    return layout;
  }

  /** Generated configuration. */
  public Path conf() {
    return home.resolve("conf");
  }

  Path ports() {
    return home.resolve("cluster.properties");
  }

  Path pid(String process) {
    return home.resolve("pids").resolve(process + ".pid");
  }

  /** The log of a process. */
  public Path log(String process) {
    return home.resolve("logs").resolve(process + ".log");
  }

  /** The output of a process. */
  public Path output(String process) {
    return home.resolve("logs").resolve(process + ".out");
  }

  Path temporary(String process) {
    return home.resolve("tmp").resolve(process);
  }

  Path data(String process) {
    return home.resolve(process);
  }

  /** Checkpoints and savepoints of one job; only a job of that name continues from them. */
  public Path jobState(String job) {
    return home.resolve("flink").resolve(job);
  }

  Path highAvailability() {
    return home.resolve("flink").resolve("ha");
  }

  /** The key that the job signs its cut markers with. */
  Path markers() {
    return home.resolve("markers");
  }

  /** An AWS credentials file, readable by its owner alone. */
  public Path credentials() {
    return home.resolve("credentials");
  }

  /** A properties file for {@code --config}. */
  public Path clientConfig() {
    return home.resolve("relook.properties");
  }
}
