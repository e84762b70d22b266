package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relook.job.accelerator.Accelerator;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.StandaloneFlink;
import io.relook.job.stack.TestStack;
import io.relook.job.stack.Workload;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Extraction and training run where Flink's external resource is, with a device each; a discovery
 * script announces devices that nobody has, so what computes is the processor.
 */
@Tag("slow")
class GpuSlotsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Set<Operator> ACCELERATED =
      Set.of(
          Operator.READ_IMAGES,
          Operator.CHECK_IMAGES,
          Operator.EXTRACT_FEATURES,
          Operator.TRAIN,
          Operator.PUBLISH);

  @Test
  void workForAGpuRunsWhereOneIsAndElseSaysSoWithinAMinute(@TempDir Path directory)
      throws Exception {
    try (TestStack stack = TestStack.start(directory.resolve("stack"), 2);
        StandaloneFlink flink = StandaloneFlink.start(directory.resolve("flink"));
        Workload workload = new Workload(stack.connect(), "parts")) {
      stack
          .option("dataset.minimums", "false")
          .option("features.area", "4096")
          .option("access.probe-timeout", "60 s")
          .option("gpu.external-resource", "gpu")
          .option("gpu.slot.heap", "128mb")
          .option("gpu.slot.off-heap", "128mb")
          .option("gpu.plain-slot.heap", "128mb")
          .option("gpu.plain-slot.off-heap", "32mb")
          .option("gpu.plain-slot.managed", "32mb");
      flink.startTaskManager("plain", List.of());
      JobID job = submit(stack, flink);

      // No device anywhere: the plain slots may be there, but not those with a GPU.
      Awaitility.await()
          .alias("the job says that it lacks slots")
          .atMost(Duration.ofMinutes(1))
          .until(() -> rootCause(flink, job).contains("NoResourceAvailableException"));

      flink.startTaskManager("with-gpus", List.of(3, 5));
      workload.createProject();
      for (int i = 0; i < 14; i++) {
        var unused =
            workload.sendImage(
                "image-" + i, i < 10 ? Label.NORMAL : Label.ANOMALY, SmallPictures.png(i));
      }
      workload.flush();
      ModelMetadata model = workload.awaitEnd(workload.createModel("token"));
      assertThat(model.getStatus()).as(model.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
      assertThat(model.getProvenance().getExecutionProvider()).isEqualTo("cpu");

      Map<String, Set<String>> places = places(flink, job);
      for (Operator operator : ACCELERATED) {
        places.forEach(
            (vertex, taskManagers) -> {
              if (vertex.contains(operator.displayName())) {
                assertThat(taskManagers).as(vertex).containsExactly("with-gpus");
              }
            });
      }
      assertThat(places.keySet())
          .anyMatch(vertex -> vertex.contains(Operator.TRAIN.displayName()))
          .anyMatch(vertex -> vertex.contains(Operator.EXTRACT_FEATURES.displayName()));
      // A device for each of two subtasks, the same in both stages.
      assertThat(devices(flink, job, Operator.TRAIN)).containsExactlyInAnyOrder("3", "5");
      assertThat(devices(flink, job, Operator.EXTRACT_FEATURES))
          .containsExactlyInAnyOrder("3", "5");
      flink.cancel(job);
    }
  }

  private static JobID submit(TestStack stack, StandaloneFlink flink) throws Exception {
    StreamExecutionEnvironment env = flink.environment(2);
    TrainerJob.build(env, stack.options());
    return flink.submit(env);
  }

  private static String rootCause(StandaloneFlink flink, JobID job) throws IOException {
    return get(flink, "/jobs/" + job + "/exceptions").toString();
  }

  /** Name of each vertex → task managers on which its subtasks run. */
  private static Map<String, Set<String>> places(StandaloneFlink flink, JobID job)
      throws IOException {
    Map<String, Set<String>> places = new HashMap<>();
    for (JsonNode vertex : get(flink, "/jobs/" + job).path("vertices")) {
      Set<String> taskManagers = new TreeSet<>();
      String path = "/jobs/" + job + "/vertices/" + vertex.path("id").asText();
      for (JsonNode subtask : get(flink, path).path("subtasks")) {
        taskManagers.add(subtask.path("taskmanager-id").asText());
      }
      places.put(vertex.path("name").asText(), taskManagers);
    }
    return places;
  }

  private static List<String> devices(StandaloneFlink flink, JobID job, Operator operator)
      throws IOException {
    for (JsonNode vertex : get(flink, "/jobs/" + job).path("vertices")) {
      if (vertex.path("name").asText().contains(operator.displayName())) {
        String path = "/jobs/" + job + "/vertices/" + vertex.path("id").asText() + "/metrics";
        String gauge =
            "."
                + operator.displayName().replaceAll("[^A-Za-z0-9]", "_")
                + "."
                + Accelerator.DEVICE_GAUGE;
        return Awaitility.await()
            .alias("devices of " + operator)
            .atMost(PATIENCE)
            .until(() -> values(flink, path, gauge), values -> values.size() == 2);
      }
    }
    throw new AssertionError("No vertex has " + operator);
  }

  private static List<String> values(StandaloneFlink flink, String path, String gauge)
      throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonNode metric : get(flink, path)) {
      String id = metric.path("id").asText();
      if (id.endsWith(gauge) || id.endsWith(gauge.replace('_', ' '))) {
        names.add(URLEncoder.encode(id, StandardCharsets.UTF_8));
      }
    }
    List<String> values = new ArrayList<>();
    if (!names.isEmpty()) {
      for (JsonNode metric : get(flink, path + "?get=" + String.join(",", names))) {
        values.add(metric.path("value").asText());
      }
    }
    return values;
  }

  private static JsonNode get(StandaloneFlink flink, String path) throws IOException {
    return JSON.readTree(URI.create(flink.rest() + path).toURL());
  }
}
