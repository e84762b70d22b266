package io.relook.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.relook.client.Diagnosis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is read from answers of Flink's REST API, whose moments no real cluster repeats. */
// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class FlinkDoctorTest {
  private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");

  private final Map<String, String> answers = new HashMap<>();
  private HttpServer server;
  private URI address;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] answer =
              answers
                  .getOrDefault(exchange.getRequestURI().getPath(), "{}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    answers.put(
        "/jobs/overview",
        """
        {"jobs": [{"jid": "1", "name": "relook", "state": "RUNNING", "start-time": 1,
                   "tasks": {"running": 5, "total": 5}}]}""");
    answers.put("/jobs/1/checkpoints", "{}");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Flink fetches a metric only after somebody has asked for it: the first answer is empty. */
  @Test
  void aJobThatRestartsIsSeenAtTheFirstLook() {
    answers.put("/jobs/1/metrics", "[]");
    failed(NOW.minusSeconds(3), NOW.minusSeconds(30), NOW.minus(Duration.ofHours(3)));
    Diagnosis job = new FlinkDoctor(address, Duration.ofSeconds(5), at(NOW)).job();
    assertThat(job.problems())
        .contains(
            "The job relook failed 2 times in the last 10 minutes, last because of:"
                + " relook's own bucket cannot be read.");
    assertThat(job.facts()).containsEntry("relook restarts", 3L);
  }

  @Test
  void oldFailuresAreNoProblem() {
    failed(NOW.minus(Duration.ofHours(3)));
    Diagnosis job = new FlinkDoctor(address, Duration.ofSeconds(5), at(NOW)).job();
    assertThat(job.problems()).noneMatch(problem -> problem.contains("failed"));
  }

  @Test
  void whoWaitsIsToldOnceWhyTheJobRestarts() {
    List<String> told = new ArrayList<>();
    Instant[] now = {NOW};
    Clock clock =
        new Clock() {
          @Override
          public ZoneOffset getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(java.time.ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return now[0];
          }
        };
    failed(NOW.minusSeconds(1));
    RestartNotice notice = new RestartNotice(address, clock, told::add);
    now[0] = NOW.plusSeconds(10);
    notice.look();
    assertThat(told).as("a failure before the wait").isEmpty();

    failed(NOW.plusSeconds(12), NOW.minusSeconds(1));
    now[0] = NOW.plusSeconds(11);
    notice.look();
    assertThat(told).as("asked a second ago").isEmpty();

    now[0] = NOW.plusSeconds(20);
    notice.look();
    now[0] = NOW.plusSeconds(30);
    notice.look();
    assertThat(told)
        .containsExactly(
            "The job relook fails and restarts: relook's own bucket cannot be"
                + " read. Waiting goes on; 'relook doctor' shows more.");

    stop();
    now[0] = NOW.plusSeconds(40);
    notice.look();
    assertThat(told).hasSize(1);
  }

  private void failed(Instant... times) {
    List<String> entries = new ArrayList<>();
    for (Instant time : times) {
      entries.add(
          """
          {"exceptionName": "x", "timestamp": %d, "stacktrace": "java.io.IOException: relook's own bucket cannot be read.\\n\\tat io.relook.job.A.b(A.java:1)\\nCaused by: x.Y: 403\\n\\tat x.Y.z(Y.java:1)\\n"}"""
              .formatted(time.toEpochMilli()));
    }
    answers.put(
        "/jobs/1/exceptions",
        "{\"exceptionHistory\": {\"entries\": [" + String.join(",", entries) + "]}}");
  }

  private static Clock at(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }
}
