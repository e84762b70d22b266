package io.relook.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.cli.ExitCode;
import io.relook.client.cli.OutputOptions;
import io.relook.cluster.Cluster.JobKind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relook cluster}. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = {
      "Runs broker, store and a Flink cluster as processes on this machine.",
      "That is: Kafka, an S3 server, ZooKeeper, two job managers and two task managers, with the configuration",
      "of deploy/flink that containers have too."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ClusterCommand.Up.class,
      ClusterCommand.Status.class,
      ClusterCommand.Submit.class,
      ClusterCommand.Savepoint.class,
      ClusterCommand.Stop.class,
      ClusterCommand.Down.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook cluster up --data ~/relook-cluster",
      "  relook cluster submit --data ~/relook-cluster",
      "  relook cluster submit --data ~/relook-cluster --parallelism 4",
      "  relook cluster status --data ~/relook-cluster",
      "  relook cluster down --data ~/relook-cluster"
    })
public final class ClusterCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing.");
  }

  /** A command on one cluster. */
  abstract static class OnCluster implements Callable<Integer> {
    @Mixin private OutputOptions output = new OutputOptions();

    @Option(
        names = "--data",
        paramLabel = "DIR",
        defaultValue = ".relook/cluster",
        description = "Directory for everything that is kept; default ${DEFAULT-VALUE}.")
    private Path data = Path.of(".relook/cluster");

    OutputOptions output() {
      return output;
    }

    Cluster cluster(Ports given) {
      return Cluster.in(data, Cluster.Settings.of(Installation.ofThisCheckout()).on(given));
    }

    Cluster cluster() {
      return cluster(Ports.any());
    }

    /** Prints what belongs to each job: as one object, or as one line each. */
    void printByJob(Map<String, String> byJob, String line) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      byJob.forEach(json::put);
      List<String> text = new ArrayList<>();
      byJob.forEach((job, value) -> text.add(line.formatted(job, value)));
      output.print(json, String.join("\n", text));
    }
  }

  /** {@code relook cluster up}. */
  @Command(
      name = "up",
      mixinStandardHelpOptions = true,
      description = {
        "Starts what does not run, and waits until all of it serves. Run it again after a process died.",
        "A job that ran when its processes were killed goes on by itself; after down, submit it again."
      })
  static final class Up extends OnCluster {
    @Option(names = "--kafka-port", paramLabel = "PORT", description = "Default: a free one.")
    private int kafkaPort;

    @Option(names = "--s3-port", paramLabel = "PORT", description = "Default: a free one.")
    private int s3Port;

    @Option(
        names = "--ui-port",
        paramLabel = "PORT",
        description =
            "Web UI of the first job manager; the second has the next. Default: free ones.")
    private int uiPort;

    @Override
    public Integer call() {
      Cluster cluster =
          cluster(new Ports(kafkaPort, 0, s3Port, 0, uiPort, uiPort == 0 ? 0 : uiPort + 1));
      cluster.up(output()::progress);
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("kafka", cluster.bootstrapServers());
      json.put("s3", cluster.storeEndpoint().toString());
      json.put("config", cluster.layout().clientConfig().toString());
      json.put("credentials", cluster.layout().credentials().toString());
      output()
          .print(
              json,
              """
          The cluster runs.

            Kafka      %s
            S3         %s  (buckets relook, models)
            Flink UI   http://127.0.0.1:%d and http://127.0.0.1:%d
            Data       %s

          Next:

            ./relook cluster submit --data %s
            export AWS_SHARED_CREDENTIALS_FILE=%s
            ./relook project create --project parts --config %s\
          """
                  .formatted(
                      cluster.bootstrapServers(),
                      cluster.storeEndpoint(),
                      cluster.ports().ui(),
                      cluster.ports().standbyUi(),
                      cluster.layout().home(),
                      cluster.layout().home(),
                      cluster.layout().credentials(),
                      cluster.layout().clientConfig()));
      return ExitCode.OK.code();
    }
  }

  /** {@code relook cluster status}. */
  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Shows each process, the leader, the jobs and their newest checkpoints.")
  static final class Status extends OnCluster {
    @Override
    public Integer call() {
      Cluster cluster = cluster();
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      List<String> text = new ArrayList<>();
      boolean well = true;
      ArrayNode processes = json.putArray("processes");
      Optional<URI> leader = Optional.empty();
      boolean asks = cluster.process(Cluster.ZOOKEEPER).running().isPresent();
      try (Leader following = asks ? cluster.leader() : null) {
        if (following != null) {
          leader = following.await(Duration.ofSeconds(5));
        }
      }
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
      ArrayNode jobs = json.putArray("jobs");
      if (leader.isPresent()) {
        well &= addJobs(new FlinkJobs(leader.get(), Duration.ofSeconds(10)), jobs, text);
      } else {
        text.add("No job manager leads.");
        well = false;
      }
      output().print(json, String.join("\n", text));
      return (well ? ExitCode.OK : ExitCode.FAILED).code();
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
        text.add("The jobs cannot be asked: " + e.getMessage());
        well = false;
      }
      return well;
    }
  }

  /** {@code relook cluster submit}. */
  @Command(
      name = "submit",
      customSynopsis = "relook cluster submit [OPTIONS] [-- JOB-OPTION...]",
      mixinStandardHelpOptions = true,
      description = {
        "Starts the job from its newest complete checkpoint or savepoint.",
        "A job that runs is stopped with a savepoint first, from which the new one goes on: so this also",
        "upgrades (after a new build) and rescales (--parallelism)."
      })
  static final class Submit extends OnCluster {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @Option(
        names = "--parallelism",
        paramLabel = "N",
        defaultValue = "2",
        description = "1 to 4, as there are four slots; default ${DEFAULT-VALUE}.")
    private int parallelism;

    @Option(
        names = "--from",
        paramLabel = "PATH",
        description =
            "Go on from this savepoint or retained checkpoint, which is kept. Default: the newest of the job.")
    private @Nullable String from;

    @Option(
        names = "--fresh",
        description =
            "Start with empty state although there are models; needs -- --kafka.output-topic-prefix.")
    private boolean fresh;

    @Option(
        names = "--pipelines",
        paramLabel = "WHICH",
        defaultValue = "both",
        description =
            "both in one job; control or data alone; separate for two jobs. Default ${DEFAULT-VALUE}.")
    private Pipelines pipelines = Pipelines.BOTH;

    @Option(
        names = "--allow-non-restored-state",
        description =
            "Leave state behind that no operator takes: to go on from a savepoint of the one job with two.")
    private boolean allowNonRestored;

    @Parameters(paramLabel = "JOB-OPTION", description = "Options of the job: --key value.")
    private List<String> jobOptions = new ArrayList<>();

    /** What {@code --pipelines} says. */
    enum Pipelines {
      BOTH(JobKind.BOTH),
      CONTROL(JobKind.CONTROL),
      DATA(JobKind.DATA),
      SEPARATE(JobKind.CONTROL, JobKind.DATA);

      private final List<JobKind> jobs;

      Pipelines(JobKind... jobs) {
        this.jobs = List.of(jobs);
      }
    }

    @Override
    public Integer call() {
      if (fresh && from != null) {
        throw new RelookException(Kind.USAGE, "Use either --fresh or --from.");
      }
      if (parallelism < 1 || parallelism > 4) {
        throw new RelookException(
            Kind.USAGE, "--parallelism is %d; it must be 1 to 4.".formatted(parallelism));
      }
      Cluster cluster = cluster();
      Cluster.From start = new Cluster.From(Optional.ofNullable(from), fresh, allowNonRestored);
      Map<String, String> started = new LinkedHashMap<>();
      for (JobKind kind : pipelines.jobs) {
        String id = cluster.submit(kind, parallelism, start, jobOptions, output()::progress);
        output().progress("Waiting for the first checkpoint");
        cluster.awaitRunning(id, PATIENCE);
        started.put(kind.jobName(), id);
      }
      printByJob(started, "The job %s runs as %s.");
      return ExitCode.OK.code();
    }
  }

  /** {@code relook cluster savepoint}. */
  @Command(
      name = "savepoint",
      mixinStandardHelpOptions = true,
      description = "Takes a savepoint of each job, which goes on.")
  static final class Savepoint extends OnCluster {
    @Override
    public Integer call() {
      Cluster cluster = cluster();
      Map<String, String> saved = new LinkedHashMap<>();
      try (Leader leader = cluster.leader()) {
        FlinkJobs jobs = cluster.jobs(leader);
        for (FlinkJobs.Job job : jobs.active()) {
          String path =
              jobs.savepoint(
                  job.id(),
                  cluster.layout().jobState(job.name()).resolve("savepoints"),
                  Duration.ofMinutes(3));
          saved.put(job.name(), path);
        }
      }
      if (saved.isEmpty()) {
        throw new RelookException(Kind.FAILED, "No job runs, so there is nothing to save.");
      }
      printByJob(saved, "%s  %s");
      return ExitCode.OK.code();
    }
  }

  /** {@code relook cluster stop}. */
  @Command(
      name = "stop",
      mixinStandardHelpOptions = true,
      description =
          "Stops each job with a savepoint; the processes go on. submit goes on from there.")
  static final class Stop extends OnCluster {
    @Override
    public Integer call() {
      cluster().stopJobs(output()::progress);
      return ExitCode.OK.code();
    }
  }

  /** {@code relook cluster down}. */
  @Command(
      name = "down",
      mixinStandardHelpOptions = true,
      description =
          "Stops each job with a savepoint, then all processes. up and submit go on from there.")
  static final class Down extends OnCluster {
    @Override
    public Integer call() {
      cluster().down(output()::progress);
      output().line("The cluster is stopped.");
      return ExitCode.OK.code();
    }
  }
}
