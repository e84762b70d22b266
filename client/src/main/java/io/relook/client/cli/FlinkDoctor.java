package io.relook.client.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.relook.client.Diagnosis;
import io.relook.client.RelookException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Examines a Flink cluster and the job on it, through Flink's REST API. Changes nothing. */
final class FlinkDoctor {
  /** The names of relook's jobs begin with this: one job of both pipelines, or one of each. */
  private static final String JOB_NAME = "relook";

  /** A checkpoint is late after this many intervals, but not before {@link #LEAST_LATE}. */
  private static final int LATE_INTERVALS = 10;

  private static final Duration LEAST_LATE = Duration.ofMinutes(1);

  /** An operator that waits this share of its time for the next one is back-pressured. */
  private static final double BACK_PRESSURED = 0.5;

  /** An older failure is not a problem any more. */
  private static final Duration RECENT = Duration.ofMinutes(10);

  private static final int MOST_OF_A_REASON = 300;

  private final URI address;
  private final FlinkCluster flink;
  private final Clock clock;

  /**
   * @param address such as http://127.0.0.1:8081
   * @param timeout for one request
   */
  FlinkDoctor(URI address, Duration timeout, Clock clock) {
    this.address = address;
    this.flink = new FlinkCluster(address, timeout);
    this.clock = clock;
  }

  /** Task managers and slots. */
  Diagnosis cluster() {
    Diagnosis.Builder found = new Diagnosis.Builder("cluster").fact("address", address.toString());
    JsonNode overview;
    try {
      overview = flink.get("/overview");
    } catch (RelookException e) {
      return found.problem("%s", String.valueOf(e.getMessage())).build();
    }
    int taskManagers = overview.path("taskmanagers").asInt();
    found
        .fact("flinkVersion", overview.path("flink-version").asText())
        .fact("taskManagers", taskManagers)
        .fact("slots", overview.path("slots-total").asInt())
        .fact("freeSlots", overview.path("slots-available").asInt());
    if (taskManagers == 0) {
      found.problem("The cluster has no task manager, so no job can run: start one.");
    }
    return found.build();
  }

  /**
   * The newest run of each of relook's jobs, in all states.
   *
   * @throws RelookException when the cluster does not answer
   */
  List<JsonNode> jobs() {
    Map<String, JsonNode> newest = new TreeMap<>();
    for (JsonNode job : flink.get("/jobs/overview").path("jobs")) {
      String name = job.path("name").asText();
      if (name.startsWith(JOB_NAME)) {
        newest.merge(
            name,
            job,
            (a, b) -> a.path("start-time").asLong() >= b.path("start-time").asLong() ? a : b);
      }
    }
    return List.copyOf(newest.values());
  }

  /** Whether a job runs, or will continue without a new submission. */
  static boolean isAlive(JsonNode job) {
    return switch (job.path("state").asText()) {
      case "CANCELED", "FAILED", "FINISHED" -> false;
      default -> true;
    };
  }

  /** State, restarts, last failure, checkpoints and back-pressure. */
  Diagnosis job() {
    List<JsonNode> jobs;
    try {
      jobs = jobs();
    } catch (RelookException e) {
      return Diagnosis.unknown("job", String.valueOf(e.getMessage()));
    }
    Diagnosis.Builder found = new Diagnosis.Builder("job");
    if (jobs.isEmpty()) {
      return found
          .problem(
              "No job %s was submitted to %s: start it with ./relook submit, from its newest"
                  + " checkpoint if it ran before.",
              JOB_NAME, address)
          .build();
    }
    for (JsonNode job : jobs) {
      examine(found, job);
    }
    return found.build();
  }

  private void examine(Diagnosis.Builder found, JsonNode job) {
    String id = job.path("jid").asText();
    String name = job.path("name").asText();
    String state = job.path("state").asText();
    found.fact(name, id).fact(name + " state", state);
    List<Failure> failures = failures(job);
    if (!isAlive(job)) {
      found.problem(
          "The job %s is %s%s: submit it again from its newest checkpoint (./relook submit"
              + " --from-savepoint PATH).",
          name, state, failures.isEmpty() ? "" : ", because of: " + failures.get(0).reason());
      return;
    }
    int running = job.path("tasks").path("running").asInt();
    int all = job.path("tasks").path("total").asInt();
    found.fact(name + " tasks", running + " of " + all + " run");
    if (running < all) {
      found.problem(
          "%2$d of %3$d tasks of the job %1$s run: the others wait for slots or start again. If this"
              + " persists, start more task managers.",
          name, running, all);
    }
    examineRestarts(found, id, name, failures);
    examineCheckpoints(found, id, name);
    examineBackPressure(found, id);
    List<String> failing = FailingBuckets.of(flink, id);
    found.fact(name + " failing buckets", failing);
    for (String bucket : failing) {
      found.problem(
          "Objects of the bucket %s cannot be read or written, and its images wait: check that the"
              + " bucket serves requests and that relook may use it and its key.",
          bucket);
    }
  }

  /**
   * Judges by the failures that the job manager remembers: it fetches metrics only after somebody
   * has asked for them, so the number of restarts is missing at the first look.
   */
  private void examineRestarts(
      Diagnosis.Builder found, String id, String name, List<Failure> failures) {
    Instant recent = clock.instant().minus(RECENT);
    List<Failure> last = failures.stream().filter(one -> one.at().isAfter(recent)).toList();
    found.fact(name + " restarts", Math.max(metric(id, "numRestarts"), failures.size()));
    if (!last.isEmpty()) {
      found.problem(
          "The job %s failed %d times in the last %d minutes, last because of: %s",
          name, last.size(), RECENT.toMinutes(), last.get(0).reason());
    }
  }

  /**
   * A failure after which the job restarted or ended.
   *
   * @param reason the sentence that explains it, on one line
   */
  record Failure(Instant at, String reason) {}

  /**
   * The failures that the job manager remembers of a job, the newest first.
   *
   * @param job an element of {@link #jobs}
   * @throws RelookException when the cluster does not answer
   */
  List<Failure> failures(JsonNode job) {
    List<Failure> failures = new ArrayList<>();
    for (JsonNode entry :
        flink
            .get("/jobs/" + job.path("jid").asText() + "/exceptions")
            .path("exceptionHistory")
            .path("entries")) {
      failures.add(
          new Failure(
              Instant.ofEpochMilli(entry.path("timestamp").asLong()),
              bounded(FailureReason.of(entry.path("stacktrace").asText()))));
    }
    return failures;
  }

  private void examineCheckpoints(Diagnosis.Builder found, String id, String name) {
    JsonNode checkpoints = flink.get("/jobs/" + id + "/checkpoints");
    JsonNode counts = checkpoints.path("counts");
    JsonNode last = checkpoints.path("latest").path("completed");
    found.fact(name + " checkpoints", counts.path("completed").asLong());
    found.fact(name + " failed checkpoints", counts.path("failed").asLong());
    Duration late =
        Duration.ofMillis(
                flink.get("/jobs/" + id + "/checkpoints/config").path("interval").asLong())
            .multipliedBy(LATE_INTERVALS);
    if (late.compareTo(LEAST_LATE) < 0) {
      late = LEAST_LATE;
    }
    JsonNode failed = checkpoints.path("latest").path("failed");
    String why = failed.path("failure_message").asText("");
    if (!last.isObject()) {
      found.problem(
          "The job %s has completed no checkpoint yet%s, and answers leave with a checkpoint: see"
              + " Checkpoints in the web UI, and check broker and store.",
          name, why.isEmpty() ? "" : " (" + bounded(why) + ")");
      return;
    }
    Duration age = Duration.ofMillis(clock.millis() - last.path("latest_ack_timestamp").asLong());
    found.fact(name + " last checkpoint, seconds ago", Math.max(0, age.toSeconds()));
    found.fact(
        name + " last checkpoint, milliseconds long", last.path("end_to_end_duration").asLong());
    if (age.compareTo(late) > 0) {
      found.problem(
          "The job %s completed its last checkpoint %d s ago%s, and answers leave with a checkpoint:"
              + " see Checkpoints in the web UI, and check broker and store.",
          name, age.toSeconds(), why.isEmpty() ? "" : " (last failure: " + bounded(why) + ")");
    }
  }

  private void examineBackPressure(Diagnosis.Builder found, String id) {
    List<String> pressed = new ArrayList<>();
    for (JsonNode vertex : flink.get("/jobs/" + id).path("vertices")) {
      double waiting =
          flink
                  .get(
                      "/jobs/%s/vertices/%s/subtasks/metrics?get=backPressuredTimeMsPerSecond&agg=max"
                          .formatted(id, vertex.path("id").asText()))
                  .path(0)
                  .path("max")
                  .asDouble()
              / 1000;
      if (waiting >= BACK_PRESSURED) {
        String operator = vertex.path("name").asText();
        pressed.add(operator);
        found.problem(
            "%s waits %.0f %% of its time for the operators after it: see in the web UI which of"
                + " them is busy, and give it more parallelism.",
            bounded(operator), waiting * 100);
      }
    }
    found.fact("backPressured", pressed);
  }

  private long metric(String job, String name) {
    return flink.get("/jobs/" + job + "/metrics?get=" + name).path(0).path("value").asLong();
  }

  private static String bounded(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= MOST_OF_A_REASON ? line : line.substring(0, MOST_OF_A_REASON) + "…";
  }
}
