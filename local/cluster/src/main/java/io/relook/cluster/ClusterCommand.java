package io.relook.cluster;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.cli.ExitCode;
import io.relook.client.cli.OutputOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
      "of deploy/flink that containers use too."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ClusterCommand.Up.class,
      ClusterStatusCommand.class,
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

  /** Prints a value of each job: as one JSON object, or as one line each. */
  private static void print(OutputOptions output, Map<String, String> byJob, String line) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    byJob.forEach(json::put);
    List<String> text = new ArrayList<>();
    byJob.forEach((job, value) -> text.add(line.formatted(job, value)));
    output.print(json, String.join("\n", text));
  }

  /** {@code relook cluster up}. */
  @Command(
      name = "up",
      mixinStandardHelpOptions = true,
      description = {
        "Starts each process that does not run, and waits until all serve. Run it again after a process died.",
        "A job whose processes were killed continues when they are back; after down, submit it again."
      })
  static final class Up implements Callable<Integer> {
    @Mixin private ClusterDirectory directory = new ClusterDirectory();
    @Mixin private OutputOptions output = new OutputOptions();

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
          directory.cluster(
              new Ports(kafkaPort, 0, s3Port, 0, uiPort, uiPort == 0 ? 0 : uiPort + 1));
      cluster.up(output::progress);
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("kafka", cluster.bootstrapServers());
      json.put("s3", cluster.storeEndpoint().toString());
      json.put("config", cluster.layout().clientConfig().toString());
      json.put("credentials", cluster.layout().credentials().toString());
      output.print(
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

  /** {@code relook cluster submit}. */
  @Command(
      name = "submit",
      customSynopsis = "relook cluster submit [OPTIONS] [-- JOB-OPTION...]",
      mixinStandardHelpOptions = true,
      description = {
        "Starts the job from its newest complete checkpoint or savepoint.",
        "A running job is stopped with a savepoint first, and the new one continues from there: so this",
        "also upgrades (after a new build) and rescales (--parallelism)."
      })
  static final class Submit implements Callable<Integer> {
    @Mixin private ClusterDirectory directory = new ClusterDirectory();
    @Mixin private OutputOptions output = new OutputOptions();

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
            "Continue from this savepoint or retained checkpoint, which is kept. Default: the newest of the job.")
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
            "Drop state that no operator uses: needed to continue from a savepoint of the one job with two.")
    private boolean allowNonRestored;

    @Parameters(paramLabel = "JOB-OPTION", description = "Options of the job: --key value.")
    private List<String> jobOptions = new ArrayList<>();

    /** Values of {@code --pipelines}. */
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
        throw new RelookException(Kind.USAGE, "Give either --fresh or --from, not both.");
      }
      if (parallelism < 1 || parallelism > 4) {
        throw new RelookException(
            Kind.USAGE, "The value %d of --parallelism must be 1 to 4.".formatted(parallelism));
      }
      Cluster cluster = directory.cluster();
      ClusterJobs.From start =
          new ClusterJobs.From(Optional.ofNullable(from), fresh, allowNonRestored);
      Map<String, String> started = new LinkedHashMap<>();
      for (JobKind kind : pipelines.jobs) {
        String id = cluster.jobs().submit(kind, parallelism, start, jobOptions, output::progress);
        output.progress("Waiting for the first checkpoint");
        cluster.jobs().awaitRunning(id, PATIENCE);
        if (from == null && !fresh && !cluster.jobs().removeFormerState(kind, id, PATIENCE)) {
          output.progress("Checkpoints of former runs stay: the job has too few of its own yet");
        }
        started.put(kind.jobName(), id);
      }
      print(output, started, "The job %s runs as %s.");
      return ExitCode.OK.code();
    }
  }

  /** {@code relook cluster savepoint}. */
  @Command(
      name = "savepoint",
      mixinStandardHelpOptions = true,
      description = "Takes a savepoint of each job, which keeps running.")
  static final class Savepoint implements Callable<Integer> {
    @Mixin private ClusterDirectory directory = new ClusterDirectory();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
      Map<String, String> saved = directory.cluster().jobs().savepoints();
      if (saved.isEmpty()) {
        throw new RelookException(
            Kind.FAILED,
            "No job runs, so there is nothing to save: start one with ./relook cluster submit.");
      }
      print(output, saved, "%s  %s");
      return ExitCode.OK.code();
    }
  }

  /** {@code relook cluster stop}. */
  @Command(
      name = "stop",
      mixinStandardHelpOptions = true,
      description =
          "Stops each job with a savepoint; the processes keep running. submit continues from there.")
  static final class Stop implements Callable<Integer> {
    @Mixin private ClusterDirectory directory = new ClusterDirectory();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
      directory.cluster().jobs().stopAll(output::progress);
      return ExitCode.OK.code();
    }
  }

  /** {@code relook cluster down}. */
  @Command(
      name = "down",
      mixinStandardHelpOptions = true,
      description =
          "Stops each job with a savepoint, then all processes. up and submit continue from there.")
  static final class Down implements Callable<Integer> {
    @Mixin private ClusterDirectory directory = new ClusterDirectory();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
      directory.cluster().down(output::progress);
      output.line("The cluster is stopped.");
      return ExitCode.OK.code();
    }
  }
}
