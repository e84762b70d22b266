package io.relook.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.cli.FlinkCluster;
import io.relook.embedded.StateDirectory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Lists, starts, saves and stops jobs through the REST API of one job manager. */
public final class FlinkJobs {
  private static final Set<String> ENDED = Set.of("FINISHED", "CANCELED", "FAILED");
  private static final Duration ONE_REQUEST = Duration.ofSeconds(60);

  /** Of any state backend, so that a later version or another backend can restore it. */
  private static final String CANONICAL = "CANONICAL";

  private final FlinkCluster flink;

  public FlinkJobs(URI address) {
    this(address, ONE_REQUEST);
  }

  public FlinkJobs(URI address, Duration oneRequest) {
    this.flink = new FlinkCluster(address, oneRequest);
  }

  /**
   * A job.
   *
   * @param tasks number of tasks
   * @param runningTasks number of running tasks
   */
  public record Job(
      String id, String name, String state, long started, int tasks, int runningTasks) {
    /** Whether it has ended and will not restart. */
    public boolean ended() {
      return ENDED.contains(state);
    }

    /** Whether all its tasks run. */
    public boolean runs() {
      return "RUNNING".equals(state) && tasks > 0 && tasks == runningTasks;
    }
  }

  /**
   * A job's newest completed checkpoint.
   *
   * @param completed number of checkpoints since the job manager leads
   */
  public record Checkpoint(long id, Instant at, Duration took, int completed, int failed) {}

  /**
   * How to start a job.
   *
   * @param from savepoint or checkpoint; empty for empty state
   * @param allowNonRestored whether state without an operator may be dropped
   * @param state folder for its checkpoints and savepoints
   */
  public record Start(
      Path jar,
      String name,
      List<String> options,
      int parallelism,
      Optional<String> from,
      boolean allowNonRestored,
      StateDirectory state) {}

  /** Jobs, the newest last. */
  public List<Job> list() {
    List<Job> jobs = new ArrayList<>();
    for (JsonNode job : flink.get("/jobs/overview").path("jobs")) {
      jobs.add(
          new Job(
              job.path("jid").asText(),
              job.path("name").asText(),
              job.path("state").asText(),
              job.path("start-time").asLong(),
              job.path("tasks").path("total").asInt(),
              job.path("tasks").path("running").asInt()));
    }
    jobs.sort((a, b) -> Long.compare(a.started(), b.started()));
    return jobs;
  }

  /** Jobs that have not ended, the newest last. */
  public List<Job> active() {
    return list().stream().filter(job -> !job.ended()).toList();
  }

  /** Number of task managers that the leader knows. */
  public int taskManagers() {
    return flink.get("/taskmanagers").path("taskmanagers").size();
  }

  /** The newest completed checkpoint of a job. */
  public Optional<Checkpoint> newestCheckpoint(String job) {
    JsonNode all = flink.get("/jobs/" + job + "/checkpoints");
    JsonNode newest = all.path("latest").path("completed");
    if (!newest.isObject()) {
      return Optional.empty();
    }
    return Optional.of(
        new Checkpoint(
            newest.path("id").asLong(),
            Instant.ofEpochMilli(newest.path("latest_ack_timestamp").asLong()),
            Duration.ofMillis(newest.path("end_to_end_duration").asLong()),
            all.path("counts").path("completed").asInt(),
            all.path("counts").path("failed").asInt()));
  }

  /** The savepoint or checkpoint from which a job was restored last. */
  public Optional<String> restoredFrom(String job) {
    JsonNode restored = flink.get("/jobs/" + job + "/checkpoints").path("latest").path("restored");
    return Optional.of(restored.path("external_path").asText("")).filter(path -> !path.isEmpty());
  }

  /** Uploads and starts a job; returns its id. */
  public String start(Start start) {
    String jar = flink.upload(start.jar());
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("entryClass", "io.relook.job.TrainerJob");
    start.options().forEach(request.putArray("programArgsList")::add);
    request.put("parallelism", start.parallelism());
    start
        .from()
        .ifPresent(
            path -> {
              request.put("savepointPath", path);
              request.put("claimMode", "NO_CLAIM");
              request.put("allowNonRestoredState", start.allowNonRestored());
            });
    ObjectNode own = request.putObject("flinkConfiguration");
    own.put("execution.checkpointing.dir", start.state().checkpoints().toString());
    own.put("execution.checkpointing.savepoint-dir", start.state().savepoints().toString());
    return flink.post("/jars/" + jar + "/run", request).path("jobid").asText();
  }

  /**
   * Stops a job with a savepoint and returns the savepoint's path.
   *
   * @throws RelookException when it does not stop within the time
   */
  public String stopWithSavepoint(String job, URI directory, Duration patience) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("targetDirectory", directory.toString());
    request.put("formatType", CANONICAL);
    request.put("drain", false);
    return await(job, flink.post("/jobs/" + job + "/stop", request), patience);
  }

  /** Takes a savepoint of a job, which keeps running, and returns its path. */
  public String savepoint(String job, URI directory, Duration patience) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("target-directory", directory.toString());
    request.put("formatType", CANONICAL);
    request.put("cancel-job", false);
    return await(job, flink.post("/jobs/" + job + "/savepoints", request), patience);
  }

  private String await(String job, JsonNode triggered, Duration patience) {
    String trigger = triggered.path("request-id").asText();
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < deadline) {
      JsonNode answer = flink.get("/jobs/" + job + "/savepoints/" + trigger);
      if ("COMPLETED".equals(answer.path("status").path("id").asText())) {
        JsonNode operation = answer.path("operation");
        if (operation.has("failure-cause")) {
          throw new RelookException(
              Kind.FAILED,
              "The savepoint of job %s failed: %s"
                  .formatted(
                      job,
                      operation
                          .path("failure-cause")
                          .path("stack-trace")
                          .asText("")
                          .lines()
                          .findFirst()
                          .orElse("no reason given")));
        }
        return operation.path("location").asText();
      }
      pause();
    }
    throw new RelookException(
        Kind.UNREACHABLE,
        "The savepoint of job %s was not complete within %d s; the job continues from its checkpoints."
            .formatted(job, patience.toSeconds()));
  }

  /** Waits before the next question. */
  public static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RelookException(Kind.FAILED, "Stopped before the end.", e);
    }
  }
}
