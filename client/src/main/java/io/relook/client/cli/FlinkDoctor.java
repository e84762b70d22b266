package io.relook.client.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.client.Diagnosis;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks at a Flink cluster and the job on it, through Flink's REST API. Changes nothing. */
final class FlinkDoctor {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Both pipelines in one job, or each in its own: names begin with this. */
  private static final String JOB_NAME = "relook";

  /** Checkpoints may come this many intervals late before that is a problem, and a minute. */
  private static final int LATE_INTERVALS = 10;

  private static final Duration LEAST_LATE = Duration.ofMinutes(1);

  /** Share of its time that an operator waits for the next, from which it is said. */
  private static final double BACK_PRESSURED = 0.5;

  /** An older failure is history. */
  private static final Duration RECENT = Duration.ofMinutes(10);

  private static final int MOST_OF_A_REASON = 300;

  private final URI address;
  private final Duration timeout;
  private final Clock clock;
  private final HttpClient http;

  /**
   * @param address such as http://127.0.0.1:8081
   * @param timeout for one request
   */
  FlinkDoctor(URI address, Duration timeout, Clock clock) {
    this.address = address;
    this.timeout = timeout;
    this.clock = clock;
    this.http = HttpClient.newBuilder().connectTimeout(timeout).build();
  }

  /** Task managers and slots. */
  Diagnosis cluster() {
    Diagnosis.Builder found = new Diagnosis.Builder("cluster").fact("address", address.toString());
    JsonNode overview;
    try {
      overview = get("/overview");
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
      found.problem("The cluster has no task manager: start one, nothing can run without.");
    }
    return found.build();
  }

  /**
   * The newest run of each job of ours, in all states.
   *
   * @throws RelookException when the cluster does not answer
   */
  List<JsonNode> jobs() {
    Map<String, JsonNode> newest = new TreeMap<>();
    for (JsonNode job : get("/jobs/overview").path("jobs")) {
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

  /** Whether a job of ours runs, or will go on by itself. */
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
    JsonNode failure = get("/jobs/" + id + "/exceptions").path("exceptionHistory").path("entries");
    JsonNode last = failure.path(0);
    String reason = reason(last.path("stacktrace").asText());
    if (!isAlive(job)) {
      found.problem(
          "The job %s is %s%s: submit it again from its newest checkpoint (./relook submit"
              + " --from-savepoint PATH).",
          name, state, reason.isEmpty() ? "" : ", because of: " + reason);
      return;
    }
    int running = job.path("tasks").path("running").asInt();
    int all = job.path("tasks").path("total").asInt();
    found.fact(name + " tasks", running + " of " + all + " run");
    if (running < all) {
      found.problem(
          "Of the job %s %d of %d tasks run: the others wait for slots or start again; if this"
              + " stays so, start more task managers.",
          name, running, all);
    }
    long restarts = metric(id, "numRestarts");
    found.fact(name + " restarts", restarts);
    if (restarts > 0 && !reason.isEmpty() && isRecent(last.path("timestamp").asLong())) {
      found.problem(
          "The job %s started again, %d times in all, last because of: %s", name, restarts, reason);
    }
    examineCheckpoints(found, id, name);
    examineBackPressure(found, id);
  }

  private boolean isRecent(long timestamp) {
    return Duration.ofMillis(clock.millis() - timestamp).compareTo(RECENT) < 0;
  }

  private void examineCheckpoints(Diagnosis.Builder found, String id, String name) {
    JsonNode checkpoints = get("/jobs/" + id + "/checkpoints");
    JsonNode counts = checkpoints.path("counts");
    JsonNode last = checkpoints.path("latest").path("completed");
    found.fact(name + " checkpoints", counts.path("completed").asLong());
    found.fact(name + " failed checkpoints", counts.path("failed").asLong());
    Duration late =
        Duration.ofMillis(get("/jobs/" + id + "/checkpoints/config").path("interval").asLong())
            .multipliedBy(LATE_INTERVALS);
    if (late.compareTo(LEAST_LATE) < 0) {
      late = LEAST_LATE;
    }
    JsonNode failed = checkpoints.path("latest").path("failed");
    String why = failed.path("failure_message").asText("");
    if (!last.isObject()) {
      found.problem(
          "The job %s has completed no checkpoint yet%s: answers leave with a checkpoint; look at"
              + " Checkpoints in the web UI, and at broker and store.",
          name, why.isEmpty() ? "" : " (" + bounded(why) + ")");
      return;
    }
    Duration age = Duration.ofMillis(clock.millis() - last.path("latest_ack_timestamp").asLong());
    found.fact(name + " last checkpoint, seconds ago", Math.max(0, age.toSeconds()));
    found.fact(
        name + " last checkpoint, milliseconds long", last.path("end_to_end_duration").asLong());
    if (age.compareTo(late) > 0) {
      found.problem(
          "The job %s completed its last checkpoint %d s ago%s: answers leave with a checkpoint;"
              + " look at Checkpoints in the web UI, and at broker and store.",
          name, age.toSeconds(), why.isEmpty() ? "" : " (last failure: " + bounded(why) + ")");
    }
  }

  private void examineBackPressure(Diagnosis.Builder found, String id) {
    List<String> pressed = new ArrayList<>();
    for (JsonNode vertex : get("/jobs/" + id).path("vertices")) {
      double waiting =
          get("/jobs/%s/vertices/%s/subtasks/metrics?get=backPressuredTimeMsPerSecond&agg=max"
                      .formatted(id, vertex.path("id").asText()))
                  .path(0)
                  .path("max")
                  .asDouble()
              / 1000;
      if (waiting >= BACK_PRESSURED) {
        String operator = vertex.path("name").asText();
        pressed.add(operator);
        found.problem(
            "%s waits %.0f %% of its time for what follows it: the operator after it is the"
                + " bottleneck; see the web UI for which is busy, and give it more parallelism.",
            bounded(operator), waiting * 100);
      }
    }
    found.fact("backPressured", pressed);
  }

  private long metric(String job, String name) {
    return get("/jobs/" + job + "/metrics?get=" + name).path(0).path("value").asLong();
  }

  /** The message of the deepest cause in a stack trace. */
  private static String reason(String trace) {
    if (trace.isEmpty()) {
      return "";
    }
    int cause = trace.lastIndexOf("Caused by: ");
    String deepest = cause < 0 ? trace : trace.substring(cause + "Caused by: ".length());
    int frames = deepest.indexOf("\n\tat ");
    return bounded((frames < 0 ? deepest : deepest.substring(0, frames)).strip());
  }

  private static String bounded(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= MOST_OF_A_REASON ? line : line.substring(0, MOST_OF_A_REASON) + "…";
  }

  private JsonNode get(String path) {
    String base = address.toString();
    URI target =
        URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    try {
      var response =
          http.send(
              HttpRequest.newBuilder(target).timeout(timeout).build(), BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new RelookException(
            Kind.FAILED,
            "The Flink cluster at %s answers %s with HTTP %d: is it a job manager of Flink 2?"
                .formatted(address, path, response.statusCode()));
      }
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new RelookException(
          Kind.UNREACHABLE,
          "The Flink cluster at %s did not answer: check --cluster and that the job manager runs."
              .formatted(address),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RelookException(Kind.FAILED, "Stopped before the end.", e);
    }
  }
}
