package io.relook.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.RelookException;
import io.relook.client.cli.ExitCode;
import io.relook.client.cli.OutputOptions;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code relook cluster status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows each process, the leader, the jobs and their newest checkpoints.")
final class ClusterStatusCommand implements Callable<Integer> {
  @Mixin private ClusterDirectory directory = new ClusterDirectory();
  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    Cluster cluster = directory.cluster();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    List<String> text = new ArrayList<>();
    Optional<URI> leader = leader(cluster);
    boolean well = addProcesses(cluster, leader, json.putArray("processes"), text);
    ArrayNode jobs = json.putArray("jobs");
    if (leader.isPresent()) {
      well &= addJobs(new FlinkJobs(leader.get(), Duration.ofSeconds(10)), jobs, text);
    } else {
      text.add("No job manager leads: ./relook cluster up starts what is dead.");
      well = false;
    }
    output.print(json, String.join("\n", text));
    return (well ? ExitCode.OK : ExitCode.FAILED).code();
  }

  private static Optional<URI> leader(Cluster cluster) {
    if (cluster.process(Cluster.ZOOKEEPER).running().isEmpty()) {
      return Optional.empty();
    }
    try (Leader following = cluster.leader()) {
      return following.await(Duration.ofSeconds(5));
    }
  }

  private static boolean addProcesses(
      Cluster cluster, Optional<URI> leader, ArrayNode processes, List<String> text) {
    boolean well = true;
    for (ManagedProcess process : cluster.processes().values()) {
      Optional<ProcessHandle> running = process.running();
      String state = running.isPresent() ? "runs" : process.wanted() ? "dead" : "stopped";
      well &= running.isPresent();
      ObjectNode one = processes.addObject();
      one.put("name", process.name()).put("state", state);
      running.ifPresent(handle -> one.put("pid", handle.pid()));
      boolean leads =
          running.isPresent()
              && leader.filter(at -> cluster.jobManagerAt(at).equals(process.name())).isPresent();
      one.put("leads", leads);
      text.add(
          "%-14s %-8s %s%s"
              .formatted(
                  process.name(),
                  state,
                  running.map(handle -> "pid " + handle.pid()).orElse(""),
                  leads ? "  leads, " + leader.map(URI::toString).orElse("") : "")
              .stripTrailing());
      if (state.equals("dead")) {
        text.add("               " + process.died().getMessage());
      }
    }
    return well;
  }

  private static boolean addJobs(FlinkJobs flink, ArrayNode jobs, List<String> text) {
    boolean well = true;
    try {
      for (FlinkJobs.Job job : flink.active()) {
        Optional<FlinkJobs.Checkpoint> checkpoint = flink.newestCheckpoint(job.id());
        ObjectNode one = jobs.addObject();
        one.put("id", job.id()).put("name", job.name()).put("state", job.state());
        one.put("tasks", job.tasks()).put("runningTasks", job.runningTasks());
        checkpoint.ifPresent(
            newest ->
                one.put("checkpoint", newest.id()).put("checkpointAt", newest.at().toString()));
        well &= job.runs();
        text.add(
            "%-14s %-8s %s  %d of %d tasks run, %s"
                .formatted(
                    job.name(),
                    job.state().toLowerCase(Locale.ROOT),
                    job.id(),
                    job.runningTasks(),
                    job.tasks(),
                    checkpoint
                        .map(
                            newest ->
                                "checkpoint %d completed %.1f s ago in %d ms"
                                    .formatted(
                                        newest.id(),
                                        Duration.between(newest.at(), Instant.now()).toMillis()
                                            / 1000.0,
                                        newest.took().toMillis()))
                        .orElse("no checkpoint yet")));
      }
      if (jobs.isEmpty()) {
        text.add("No job runs: ./relook cluster submit starts it.");
        well = false;
      }
    } catch (RelookException e) {
      text.add("The state of the jobs is unknown: " + e.getMessage());
      well = false;
    }
    return well;
  }
}
