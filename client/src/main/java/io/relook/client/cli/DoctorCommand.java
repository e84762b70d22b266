package io.relook.client.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.BucketClient;
import io.relook.client.Diagnosis;
import io.relook.client.KafkaDoctor;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.RelookSettings;
import io.relook.wire.S3Object;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code relook doctor}. */
@Command(
    name = "doctor",
    customSynopsis = "relook doctor [OPTIONS]",
    mixinStandardHelpOptions = true,
    description = {
      "Checks the whole installation and says for each problem what to do.",
      "",
      "It checks brokers, topics and their settings, open transactions of the job, lag of its sources, rejections of the "
          + "last hour, trainings that take too long, the store, the Flink cluster, the job, its checkpoints and restarts.",
      "Exit code 0: no problem; 1: at least one problem. In the store it writes and deletes one small object."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook doctor",
      "  relook doctor --output json --cluster http://jobmanager:8081",
      "  relook doctor --abort-transactions"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration REJECTIONS = Duration.ofHours(1);

  /** While the job runs, a transaction of this age has outlived several checkpoints. */
  private static final Duration OPEN_TOO_LONG = Duration.ofMinutes(10);

  @Mixin private ClusterOption cluster = new ClusterOption();

  @Option(
      names = "--without-cluster",
      description = "Do not ask Flink. The job then counts as stopped.")
  private boolean withoutCluster;

  @Option(names = "--without-store", description = "Do not ask the object store.")
  private boolean withoutStore;

  @Option(
      names = "--bucket",
      paramLabel = "BUCKET",
      defaultValue = "relook",
      description = "relook's own bucket (s3.bucket of the job); default ${DEFAULT-VALUE}.")
  private String bucket = "";

  @Option(
      names = "--transactional-id-prefix",
      paramLabel = "PREFIX",
      defaultValue = "relook",
      description = "The job's kafka.transactional-id-prefix; default ${DEFAULT-VALUE}.")
  private String prefix = "";

  @Option(
      names = "--transaction-timeout",
      paramLabel = "TIME",
      defaultValue = "168h",
      description = "The job's kafka.transaction-timeout; default ${DEFAULT-VALUE}.")
  private String transactionTimeout = "";

  @Option(
      names = "--longest-training",
      paramLabel = "TIME",
      defaultValue = "48h",
      description =
          "The job's training.time-limit and testing.time-limit together; default ${DEFAULT-VALUE}.")
  private String longestTraining = "";

  @Option(
      names = "--lag",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Messages of one partition from which lag is a problem; default ${DEFAULT-VALUE}.")
  private long lag;

  @Option(
      names = "--abort-transactions",
      description =
          "End the job's open transactions; what they wrote is discarded. Fails while a job runs.")
  private boolean abort;

  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  @Override
  public Integer call() {
    RelookConnection relook = connection.connection();
    RelookSettings settings = relook.settings();
    Duration timeout = RelookSettings.duration(transactionTimeout, "--transaction-timeout");
    Duration longest = RelookSettings.duration(longestTraining, "--longest-training");
    FlinkDoctor flink = new FlinkDoctor(cluster.address(), settings.timeout(), relook.clock());
    List<Diagnosis> found = new ArrayList<>();
    try (KafkaDoctor kafka = relook.doctor()) {
      if (abort) {
        abort(kafka, flink);
      }
      Diagnosis broker = kafka.broker(timeout);
      found.add(broker);
      // Without a broker, each of these checks would wait for its own time-out.
      if (broker.facts().containsKey("brokers")) {
        found.add(kafka.topics());
        found.add(kafka.transactions(prefix, mayRun(flink) ? OPEN_TOO_LONG : Duration.ZERO));
        found.add(kafka.lag(prefix, lag));
        found.add(kafka.rejections(REJECTIONS));
        found.add(kafka.trainings(longest));
      }
    }
    if (!withoutStore) {
      try (BucketClient store = relook.store()) {
        found.add(
            store.check(
                new S3Object(
                    bucket,
                    "uploads/" + relook.settings().account() + "/doctor-" + relook.newId(),
                    null)));
      }
    }
    if (!withoutCluster) {
      Diagnosis overview = flink.cluster();
      found.add(overview);
      if (overview.facts().containsKey("taskManagers")) {
        found.add(flink.job());
      }
    }
    boolean fine = found.stream().allMatch(Diagnosis::isFine);
    output.print(json(found, fine), text(found));
    return (fine ? ExitCode.OK : ExitCode.FAILED).code();
  }

  /** Whether there may be a job that ends its transactions itself. */
  private boolean mayRun(FlinkDoctor flink) {
    if (withoutCluster) {
      return false;
    }
    try {
      return flink.jobs().stream().anyMatch(FlinkDoctor::isAlive);
    } catch (RelookException e) {
      return true;
    }
  }

  private void abort(KafkaDoctor kafka, FlinkDoctor flink) {
    if (!withoutCluster && flink.jobs().stream().anyMatch(FlinkDoctor::isAlive)) {
      throw new RelookException(
          Kind.FAILED,
          "A job runs on the cluster, and its transactions are its own to end: stop it first, or"
              + " let it continue.");
    }
    for (String id : kafka.abortTransactions(prefix)) {
      output.progress("Ended the transaction " + id);
    }
  }

  private static ObjectNode json(List<Diagnosis> found, boolean fine) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("fine", fine);
    ArrayNode parts = json.putArray("parts");
    for (Diagnosis diagnosis : found) {
      ObjectNode part = parts.addObject();
      part.put("part", diagnosis.part());
      part.put("fine", diagnosis.isFine());
      part.set("facts", JSON.valueToTree(diagnosis.facts()));
      diagnosis.problems().forEach(part.putArray("problems")::add);
    }
    return json;
  }

  private static String text(List<Diagnosis> found) {
    List<String> lines = new ArrayList<>();
    for (Diagnosis diagnosis : found) {
      lines.add(
          "%-13s %s"
              .formatted(
                  diagnosis.part(),
                  diagnosis.isFine()
                      ? "fine"
                      : diagnosis.problems().size() == 1
                          ? "1 problem"
                          : diagnosis.problems().size() + " problems"));
      diagnosis
          .facts()
          .forEach((name, value) -> lines.add("  %s: %s".formatted(name, shown(value))));
      diagnosis.problems().forEach(problem -> lines.add("  ! " + problem));
    }
    return String.join("\n", lines);
  }

  private static String shown(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.isEmpty()
          ? "none"
          : map.entrySet().stream()
              .map(entry -> entry.getKey() + " " + entry.getValue())
              .collect(Collectors.joining(", "));
    }
    if (value instanceof List<?> list) {
      return list.isEmpty()
          ? "none"
          : list.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
    return value.toString();
  }
}
