package io.relook.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that speaks as much of Flink's REST interface as is used. */
// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class SubmitCommandTest {
  @TempDir private Path directory;
  private HttpServer server;
  private Path jar;
  private final List<String> requests = new ArrayList<>();
  private String taskManagers = "{\"taskmanagers\":[]}";
  private int runStatus = 200;
  private String runAnswer = "{\"jobid\":\"0123abcd\"}";

  @BeforeEach
  void startAFlinkLikeServer() throws IOException {
    jar = Files.writeString(directory.resolve("relook-job.jar"), "jar bytes");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/jars/upload",
        exchange ->
            answer(
                exchange,
                200,
                "{\"filename\":\"/tmp/flink/77_relook-job.jar\",\"status\":\"success\"}"));
    server.createContext("/taskmanagers", e -> answer(e, 200, taskManagers));
    server.createContext("/jars/77_relook-job.jar/run", e -> answer(e, runStatus, runAnswer));
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void uploadsTheJarAndRunsItWithTheSettingsThatWereGiven() throws IOException {
    Ran ran =
        submit(
            "--bootstrap-servers=kafka:9092",
            "--s3-endpoint=http://s3:9000",
            "--parallelism=2",
            "--from-savepoint=s3://flink/sp-1",
            "--",
            "--training.threads",
            "2");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exitCode()).isEqualTo(0);
    assertThat(ran.out())
        .isEqualTo("Job 0123abcd was submitted; see %s/#/job/running%n".formatted(address()));
    assertThat(requests.get(0))
        .startsWith("POST /jars/upload multipart/form-data; boundary=")
        .contains("name=\"jarfile\"; filename=\"relook-job.jar\"")
        .contains("\r\n\r\njar bytes\r\n--");
    String run = requests.get(1);
    assertThat(JsonMapper.builder().build().readTree(run.substring(run.indexOf('{'))))
        .isEqualTo(
            JsonMapper.builder()
                .build()
                .readTree(
                    """
                    {"entryClass":"io.relook.job.TrainerJob",
                     "programArgsList":["--kafka.bootstrap-servers","kafka:9092",
                       "--s3.endpoint","http://s3:9000","--s3.path-style-access","true",
                       "--training.threads","2"],
                     "parallelism":2,"savepointPath":"s3://flink/sp-1"}\
                    """));
  }

  @Test
  void devicesThatNoTaskManagerHasAreNamedBeforeTheJobWaitsForThem() {
    taskManagers =
        """
        {"taskmanagers":[
          {"id":"a","totalResource":{"cpuCores":2.0,"extendedResources":{"gpu":2.0}}},
          {"id":"b","totalResource":{"cpuCores":2.0,"extendedResources":{}}}]}\
        """;
    Ran enough = submit("--parallelism=2", "--", "--gpu.external-resource", "gpu");
    assertThat(enough.err()).isEmpty();

    Ran more = submit("--", "--gpu.external-resource=gpu", "--gpu.parallelism", "3");
    assertThat(more.exitCode()).isEqualTo(0);
    assertThat(more.err())
        .startsWith(
            "relook: the running task managers offer 2 of the external resource gpu, and the"
                + " job asks for at least 3.")
        .contains("NoResourceAvailableException");

    Ran other = submit("--", "--gpu.external-resource", "fpga");
    assertThat(other.err()).contains("offer 0 of the external resource fpga");
  }

  @Test
  void freshIsAnOptionOfTheJob() {
    assertThat(submit("--fresh", "--output=json").out())
        .contains("\"jobId\":\"0123abcd\",\"jarId\":\"77_relook-job.jar\"");
    assertThat(requests.get(1))
        .contains("[\"--kafka.bootstrap-servers\",\"127.0.0.1:9092\",\"--job.fresh\",\"true\"]");
    assertThat(submit("--fresh", "--from-savepoint=x").exitCode()).isEqualTo(2);
  }

  @Test
  void anErrorShowsTheMessageOfTheJobAndNoStackTrace() {
    runStatus = 400;
    runAnswer =
        "{\"errors\":[\"org.apache.flink.runtime.rest.handler.RestHandlerException: Could not"
            + " execute application.\\n\\tat a.b(C.java:1)\\nCaused by:"
            + " java.lang.IllegalArgumentException: Unknown options x: see the table.\\nAnd more."
            + "\\n\\tat io.relook.job.TrainerJob.main(TrainerJob.java:2)\\n\\t... 3 more\"]}";
    Ran ran = submit();
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err())
        .isEqualTo(
            "relook: The Flink cluster at %s answered with HTTP 400: Unknown options x: see the table.\nAnd more.%n"
                .formatted(address()));
  }

  @Test
  void aMissingJarSaysHowToBuildIt() {
    Ran ran = Ran.relook("submit", "--jar=/nowhere.jar", "--cluster=" + address());
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).startsWith("relook: There is no jar /nowhere.jar: build it with 'mvn");
  }

  @Test
  void aClusterThatDoesNotAnswerEndsWithThree() {
    server.stop(0);
    Ran ran = submit("--timeout=500ms");
    assertThat(ran.exitCode()).isEqualTo(3);
    assertThat(ran.err())
        .contains("did not answer: check --cluster and that the job manager runs.");
  }

  private Ran submit(String... more) {
    List<String> args =
        new ArrayList<>(List.of("submit", "--jar=" + jar, "--cluster=" + address()));
    args.addAll(List.of(more));
    return Ran.relook(args.toArray(new String[0]));
  }

  private String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange, int status, String body) throws IOException {
    requests.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getFirst("Content-Type")
            + "\n"
            + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
