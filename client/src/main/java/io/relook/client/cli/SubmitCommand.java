package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.RelookSettings;
import io.relook.client.Setting;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relook submit}. */
@Command(
    name = "submit",
    customSynopsis = "relook submit [OPTIONS] [-- JOB-OPTION...]",
    mixinStandardHelpOptions = true,
    description = {
      "Uploads the job to a running Flink cluster and starts it.",
      "",
      "Brokers, topic prefix, S3 endpoint, region and path style given here (by flag, variable or"
          + " file) are passed to the job. Everything after -- is passed as it is and wins.",
      "Kafka's own properties are not passed, because Flink's web UI would show them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook submit --cluster http://127.0.0.1:8081 --bootstrap-servers kafka:9092",
      "  relook submit --from-savepoint s3://flink/savepoints/savepoint-1a2b",
      "  relook submit -- --features.area 102400 --training.threads 2"
    })
final class SubmitCommand implements Callable<Integer> {
  static final String ENTRY_CLASS = "io.relook.job.TrainerJob";

  /** Settings of the client that the job has too, under the same key. */
  private static final Set<Setting> PASSED =
      Set.of(
          Setting.BOOTSTRAP_SERVERS,
          Setting.TOPIC_PREFIX,
          Setting.S3_ENDPOINT,
          Setting.S3_REGION,
          Setting.S3_PATH_STYLE);

  @Mixin private ClusterOption cluster = new ClusterOption();

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      defaultValue = "job/target/relook-job.jar",
      description = "The job; default ${DEFAULT-VALUE}.")
  private Path jar = Path.of("");

  @Option(names = "--parallelism", paramLabel = "N", description = "Default: the cluster's.")
  private @Nullable Integer parallelism;

  @Option(
      names = "--from-savepoint",
      paramLabel = "PATH",
      description = "Continue from this savepoint or retained checkpoint.")
  private @Nullable String savepoint;

  @Option(
      names = "--fresh",
      description = "Start with empty state although models exist (job.fresh).")
  private boolean fresh;

  @Parameters(paramLabel = "JOB-OPTION", description = "Options of the job: --key value.")
  private List<String> jobOptions = new ArrayList<>();

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  @Override
  public Integer call() {
    if (fresh && savepoint != null) {
      throw new RelookException(Kind.USAGE, "Give either --fresh or --from-savepoint, not both.");
    }
    if (!Files.isRegularFile(jar)) {
      throw new RelookException(
          Kind.USAGE,
          "There is no jar %s: build it with 'mvn -Dquick -pl job -am package -DskipTests', or name it with --jar."
              .formatted(jar));
    }
    RelookSettings settings = connection.settings();
    URI address = cluster.address();
    // The upload and the checks of the job at its start take longer than an answer of a broker.
    FlinkCluster flink = new FlinkCluster(address, settings.timeout().multipliedBy(4));
    warnOfMissingDevices(flink);
    String jarId = flink.upload(jar);
    String job =
        flink.run(
            jarId,
            ENTRY_CLASS,
            programArgs(settings),
            parallelism == null ? OptionalInt.empty() : OptionalInt.of(parallelism),
            Optional.ofNullable(savepoint));
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("jobId", job);
    json.put("jarId", jarId);
    json.put("cluster", address.toString());
    output.print(json, "Job %s was submitted; see %s/#/job/running".formatted(job, address));
    return ExitCode.OK.code();
  }

  /**
   * Warns when no task manager has the devices that the job asks for; Flink says so only after
   * slot.request.timeout. This is not an error: a cluster may start task managers on demand.
   */
  private void warnOfMissingDevices(FlinkCluster flink) {
    Optional<String> resource = jobOption("gpu.external-resource");
    if (resource.isEmpty()) {
      return;
    }
    double slots = number(jobOption("gpu.parallelism"), parallelism == null ? 1 : parallelism);
    double wanted = slots * number(jobOption("gpu.amount"), 1);
    double offered = flink.externalResource(resource.get());
    if (offered < wanted) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(
          ("relook: the running task managers offer %s of the external resource %s, and the job asks"
                  + " for at least %s. The job waits until they do; after slot.request.timeout it fails"
                  + " with NoResourceAvailableException and tries again. See 'gpu' in"
                  + " deploy/flink/config.yaml, or leave out gpu.external-resource.")
              .formatted(number(offered), resource.get(), number(wanted)));
      err.flush();
    }
  }

  /** A text that is not a number gets the other value: the job reports it. */
  private static double number(Optional<String> text, double otherwise) {
    try {
      return text.map(Double::valueOf).orElse(otherwise);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  /** The value of an option of the job after --. */
  private Optional<String> jobOption(String key) {
    for (int i = 0; i < jobOptions.size(); i++) {
      String argument = jobOptions.get(i);
      if (argument.startsWith("--" + key + "=")) {
        return Optional.of(argument.substring(key.length() + 3));
      }
      if (argument.equals("--" + key) && i + 1 < jobOptions.size()) {
        return Optional.of(jobOptions.get(i + 1));
      }
    }
    return Optional.empty();
  }

  private List<String> programArgs(RelookSettings settings) {
    List<String> args = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      // The job's default for the path style is false, also with an endpoint.
      boolean styled = setting == Setting.S3_PATH_STYLE && settings.store().endpoint().isPresent();
      if (PASSED.contains(setting) && (settings.given().contains(setting) || styled)) {
        args.add("--" + setting.key());
        args.add(settings.text(setting));
      }
    }
    if (!settings.given().contains(Setting.BOOTSTRAP_SERVERS)) {
      // The job has no default for its brokers.
      args.add(0, "--" + Setting.BOOTSTRAP_SERVERS.key());
      args.add(1, settings.kafka().bootstrapServers());
    }
    if (fresh) {
      args.add("--job.fresh");
      args.add("true");
    }
    args.addAll(jobOptions);
    return args;
  }
}
