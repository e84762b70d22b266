package io.relook.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relook.job.Operator;
import io.relook.job.training.TrainFunction;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Asks Flink's REST API for the stage of running trainings, as progress for people. */
final class TrainingWatch {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final URI job;
  private boolean trained;

  /**
   * @param webUi address of the REST API
   * @param jobId job in hexadecimal
   */
  TrainingWatch(URI webUi, String jobId) {
    this.job = URI.create(webUi + "/jobs/" + jobId);
  }

  /** The present stage of a training in words, if it is known. */
  Optional<String> stage() {
    try {
      for (JsonNode vertex : get(job).path("vertices")) {
        if (vertex.path("name").asText().contains(Operator.TRAIN.displayName())) {
          URI metrics = URI.create(job + "/vertices/" + vertex.path("id").asText() + "/metrics");
          return stage(metrics);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Optional<String> stage(URI metrics) throws IOException, InterruptedException {
    List<String> gauges = new ArrayList<>();
    for (JsonNode metric : get(metrics)) {
      if (metric.path("id").asText().endsWith("." + TrainFunction.STAGE_GAUGE)) {
        gauges.add(URLEncoder.encode(metric.path("id").asText(), StandardCharsets.UTF_8));
      }
    }
    if (gauges.isEmpty()) {
      return Optional.empty();
    }
    for (JsonNode value : get(URI.create(metrics + "?get=" + String.join(",", gauges)))) {
      String stage = value.path("value").asText();
      if (!stage.isEmpty()) {
        trained = true;
        return Optional.of(stage.toLowerCase(Locale.ROOT).replace('_', ' '));
      }
    }
    return trained ? Optional.of("checking and publishing the model file") : Optional.empty();
  }

  private JsonNode get(URI uri) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
    return JSON.readTree(http.send(request, BodyHandlers.ofByteArray()).body());
  }
}
