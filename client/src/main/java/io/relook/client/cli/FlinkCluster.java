package io.relook.client.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Flink's REST API: uploads and runs jars, and sends any other request. */
public final class FlinkCluster {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String BOUNDARY = "relook-3a1f6c2e9b7d4805";

  private final URI address;
  private final Duration timeout;
  private final HttpClient http;

  /**
   * @param address such as http://127.0.0.1:8081
   * @param timeout for one request
   */
  public FlinkCluster(URI address, Duration timeout) {
    this.address = address;
    this.timeout = timeout;
    this.http = HttpClient.newBuilder().connectTimeout(timeout).build();
  }

  /** Uploads a jar and returns its id on the cluster. */
  public String upload(Path jar) {
    String head =
        "--%s\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\"%s\"\r\nContent-Type: application/x-java-archive\r\n\r\n"
            .formatted(BOUNDARY, jar.getFileName());
    String tail = "\r\n--" + BOUNDARY + "--\r\n";
    try {
      JsonNode answer =
          post(
              "/jars/upload",
              "multipart/form-data; boundary=" + BOUNDARY,
              BodyPublishers.concat(
                  BodyPublishers.ofString(head, StandardCharsets.US_ASCII),
                  BodyPublishers.ofFile(jar),
                  BodyPublishers.ofString(tail, StandardCharsets.US_ASCII)));
      String stored = answer.path("filename").asText("");
      return stored.substring(stored.lastIndexOf('/') + 1);
    } catch (FileNotFoundException e) {
      throw new RelookException(Kind.USAGE, "There is no jar at " + jar + ".", e);
    }
  }

  /** Runs an uploaded jar and returns the job's id. */
  String run(
      String jarId,
      String entryClass,
      List<String> programArgs,
      OptionalInt parallelism,
      Optional<String> savepoint) {
    ObjectNode request = JSON.createObjectNode();
    request.put("entryClass", entryClass);
    programArgs.forEach(request.putArray("programArgsList")::add);
    parallelism.ifPresent(number -> request.put("parallelism", number));
    savepoint.ifPresent(path -> request.put("savepointPath", path));
    return post(
            "/jars/" + jarId + "/run",
            "application/json",
            BodyPublishers.ofString(request.toString()))
        .path("jobid")
        .asText();
  }

  /**
   * The cluster's answer to a GET.
   *
   * @throws RelookException when it answers with an error or not at all
   */
  public JsonNode get(String path) {
    return send(request(path).GET().build());
  }

  /**
   * The cluster's answer to a POST with a JSON body.
   *
   * @throws RelookException when it answers with an error or not at all
   */
  public JsonNode post(String path, JsonNode body) {
    return post(path, "application/json", BodyPublishers.ofString(body.toString()));
  }

  /** The amount of an external resource that all task managers have together. */
  double externalResource(String name) {
    double amount = 0;
    JsonNode answer = get("/taskmanagers");
    for (JsonNode taskManager : answer.path("taskmanagers")) {
      amount += taskManager.at("/totalResource/extendedResources").path(name).asDouble();
    }
    return amount;
  }

  private JsonNode post(String path, String contentType, HttpRequest.BodyPublisher body) {
    return send(request(path).header("Content-Type", contentType).POST(body).build());
  }

  private HttpRequest.Builder request(String path) {
    String base = address.toString();
    URI target =
        URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    return HttpRequest.newBuilder(target).timeout(timeout);
  }

  private JsonNode send(HttpRequest request) {
    try {
      var response = http.send(request, BodyHandlers.ofString());
      JsonNode answer = parse(response.body());
      if (response.statusCode() / 100 != 2) {
        throw new RelookException(
            Kind.FAILED,
            "The Flink cluster at %s answered with HTTP %d: %s"
                .formatted(address, response.statusCode(), reason(answer, response.body())));
      }
      return answer;
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

  private static JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  /** The sentence in Flink's answer in which the job says what to change. */
  static String reason(JsonNode answer, String body) {
    String trace = "";
    for (JsonNode error : answer.path("errors")) {
      trace = error.asText();
    }
    if (trace.isEmpty()) {
      return body.isBlank() ? "it gave no reason." : body.strip();
    }
    return FailureReason.of(trace);
  }
}
