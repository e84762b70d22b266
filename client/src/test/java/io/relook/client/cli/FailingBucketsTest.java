package io.relook.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FailingBucketsTest {
  private static final String GAUGE = "0.3_store_pictures__extract_features.failingBuckets";

  @Test
  void namesTheBucketsThatAnyProcessSeesFail() throws IOException {
    Map<String, String> answers =
        Map.of(
            "/jobs/j",
            "{\"vertices\":[{\"id\":\"a\"},{\"id\":\"b\"}]}",
            "/jobs/j/vertices/a/metrics",
            "[{\"id\":\"0.x.other\"},{\"id\":\"%s\"}]".formatted(GAUGE),
            "/jobs/j/vertices/a/metrics?get=" + GAUGE,
            "[{\"id\":\"%s\",\"value\":\"theirs, others\"}]".formatted(GAUGE),
            "/jobs/j/vertices/b/metrics",
            "[{\"id\":\"1.5_retry_images.failingBuckets\"}]",
            "/jobs/j/vertices/b/metrics?get=1.5_retry_images.failingBuckets",
            "[{\"id\":\"1.5_retry_images.failingBuckets\",\"value\":\"\"}]");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body =
              answers
                  .getOrDefault(exchange.getRequestURI().toString(), "{}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      FlinkCluster flink =
          new FlinkCluster(
              URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
              Duration.ofSeconds(5));

      assertThat(FailingBuckets.of(flink, "j")).containsExactly("others", "theirs");
    } finally {
      server.stop(0);
    }
  }
}
