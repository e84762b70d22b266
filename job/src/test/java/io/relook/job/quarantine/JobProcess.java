package io.relook.job.quarantine;

import io.relook.embedded.EmbeddedFlink;
import io.relook.job.TrainerJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Flink and the job in a process that may end at any moment; the next one goes on from the newest
 * checkpoint. Its pictures are decoded by {@link HostilePng}.
 */
public final class JobProcess {
  private static final int PARALLELISM = 2;

  private JobProcess() {}

  /**
   * Starts a process and does not wait for it.
   *
   * @param options of the job
   */
  static Process start(Path directory, Map<String, String> options, Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // It lives for seconds: the second compiler would cost more than it saves.
    command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--add-opens=java.base/java.util=ALL-UNNAMED");
    command.add("-Drelook.test.logs=" + directory.resolveSibling("logs"));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(JobProcess.class.getName());
    command.add(directory.toString());
    options.forEach((key, value) -> command.add(key + "=" + value));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(
        ProcessBuilder.Redirect.appendTo(directory.resolveSibling("job.log").toFile()));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Runs the job until standard input ends; the exit status says whether it was running then. */
  public static void main(String[] args) throws Exception {
    HostilePng.register();
    Map<String, String> options = new HashMap<>();
    for (String option : List.of(args).subList(1, args.length)) {
      int equals = option.indexOf('=');
      options.put(option.substring(0, equals), option.substring(equals + 1));
    }
    EmbeddedFlink flink = EmbeddedFlink.start(EmbeddedFlink.Settings.in(Path.of(args[0])));
    StreamExecutionEnvironment env = flink.environment(PARALLELISM, flink.newestState());
    TrainerJob.build(env, options);
    var job = flink.submit(env, TrainerJob.NAME);
    while (System.in.read() >= 0) {
      // Whoever started this keeps the stream open.
    }
    boolean running = flink.status(job) == JobStatus.RUNNING;
    flink.stopWithSavepoint(job);
    flink.close();
    System.exit(running ? 0 : 1);
  }
}
