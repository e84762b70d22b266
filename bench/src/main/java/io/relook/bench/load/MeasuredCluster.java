package io.relook.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.client.RelookConnection;
import io.relook.client.RelookSettings;
import io.relook.client.Setting;
import io.relook.embedded.EmbeddedKafka;
import io.relook.embedded.EmbeddedS3;
import io.relook.job.TrainerJob;
import io.relook.schemas.Topic;
import io.relook.schemas.signing.KeyFiles;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job on one job manager and one task manager. Each is a process with the configuration and
 * memory arguments that Flink's own scripts give it, and with this JVM's class path. Broker and
 * store run in this JVM, so the task manager runs nothing but the job.
 */
final class MeasuredCluster implements AutoCloseable {
  static final String OWN_BUCKET = "relook";
  static final String MODELS_BUCKET = "models";

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final EmbeddedKafka kafka;
  private final EmbeddedS3 s3;
  private final URI rest;
  private final Process taskManager;

  /**
   * Settings of the cluster.
   *
   * @param directory for everything; must not be used before
   * @param slots of the task manager, and the job's parallelism
   * @param memory of the task manager's process, as Flink writes sizes
   * @param stateMemory memory of RocksDB, which grows until it is full
   * @param options of the job, besides the addresses of broker and store
   */
  record Settings(
      Path directory, int slots, String memory, String stateMemory, Map<String, String> options) {}

  private MeasuredCluster(Settings settings) throws Exception {
    try {
      Path home = settings.directory().toAbsolutePath();
      kafka = add(EmbeddedKafka.start(home.resolve("kafka")));
      s3 = add(EmbeddedS3.start(home.resolve("s3")));
      System.setProperty("aws.accessKeyId", s3.accessKeyId());
      System.setProperty("aws.secretAccessKey", s3.secretAccessKey());
      s3.createBucket(OWN_BUCKET);
      s3.createBucket(MODELS_BUCKET);
      new RelookConnection(client())
          .topics()
          .create(Map.of(Topic.IMAGES, 6), Optional.of((short) 1));
      int restPort = freePort();
      rest = URI.create("http://127.0.0.1:" + restPort);
      Path configuration = Files.createDirectories(home.resolve("conf"));
      Files.writeString(configuration.resolve("config.yaml"), yaml(settings, home, restPort));
      Files.writeString(configuration.resolve("log4j2.properties"), LOGGING);
      add(start(configuration, "jobmanager", List.of("-Xmx768m"), List.of(), jobManagerClass()));
      Configuration flink = GlobalConfiguration.loadConfiguration(configuration.toString());
      TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(flink);
      List<String> arguments = new ArrayList<>();
      // The whole heap is touched at the start, so later growth is not the heap.
      arguments.add("-XX:+AlwaysPreTouch");
      arguments.addAll(
          Arrays.asList(ProcessMemoryUtils.generateJvmParametersStr(memory, true).split(" ")));
      ChildProcess started =
          add(
              start(
                  configuration,
                  "taskmanager",
                  arguments,
                  Arrays.asList(
                      TaskExecutorProcessUtils.generateDynamicConfigsStr(memory).split(" ")),
                  TaskManagerRunner.class.getName()));
      taskManager = started.process();
      await(
          "the task manager to register",
          () -> get("/taskmanagers").at("/taskmanagers/0").isObject());
      submit(settings);
      await(
          "the job to run",
          () ->
              get("/jobs/overview").at("/jobs/0/state").asText().equals("RUNNING")
                  && get("/jobs/overview").at("/jobs/0/tasks/running").asInt()
                      == get("/jobs/overview").at("/jobs/0/tasks/total").asInt());
    } catch (Exception | Error e) {
      try {
        close();
      } catch (Exception closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  static MeasuredCluster start(Settings settings) throws Exception {
    return new MeasuredCluster(settings);
  }

  private static String jobManagerClass() {
    return StandaloneSessionClusterEntrypoint.class.getName();
  }

  private static final String LOGGING =
      """
      rootLogger.level = INFO
      rootLogger.appenderRef.file.ref = file
      appender.file.name = file
      appender.file.type = File
      appender.file.fileName = ${sys:log.file}
      appender.file.layout.type = PatternLayout
      appender.file.layout.pattern = %d %-5p %c - %m%n
      """;

  private static String yaml(Settings settings, Path home, int restPort) throws IOException {
    return """
        jobmanager.rpc.address: 127.0.0.1
        jobmanager.rpc.port: %d
        jobmanager.bind-host: 127.0.0.1
        jobmanager.memory.process.size: 1200m
        rest.address: 127.0.0.1
        rest.bind-port: "%d"
        rest.port: %d
        rest.bind-address: 127.0.0.1
        taskmanager.host: 127.0.0.1
        taskmanager.bind-host: 127.0.0.1
        taskmanager.memory.process.size: %s
        taskmanager.memory.task.off-heap.size: 512m
        taskmanager.memory.managed.size: %s
        taskmanager.memory.network.min: 64m
        taskmanager.memory.network.max: 64m
        taskmanager.numberOfTaskSlots: %d
        state.backend.type: rocksdb
        execution.checkpointing.interval: 1 s
        execution.checkpointing.dir: %s
        taskmanager.network.memory.buffer-debloat.enabled: true
        restart-strategy.type: exponential-delay
        io.tmp.dirs: %s
        """
        .formatted(
            freePort(),
            restPort,
            restPort,
            settings.memory(),
            settings.stateMemory(),
            settings.slots(),
            home.resolve("checkpoints").toUri(),
            Files.createDirectories(home.resolve("tmp")));
  }

  private ChildProcess start(
      Path configuration, String name, List<String> jvm, List<String> more, String main)
      throws IOException {
    Path logs = Files.createDirectories(configuration.resolveSibling("logs"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.add("--add-opens=java.base/java.util=ALL-UNNAMED");
    command.add("-Dlog.file=" + logs.resolve(name + ".log"));
    command.add("-Dlog4j2.configurationFile=" + configuration.resolve("log4j2.properties"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    command.add("--configDir");
    command.add(configuration.toString());
    command.addAll(more);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(logs.resolve(name + ".out").toFile());
    builder.environment().put("AWS_ACCESS_KEY_ID", s3.accessKeyId());
    builder.environment().put("AWS_SECRET_ACCESS_KEY", s3.secretAccessKey());
    // As in local/cluster: with one arena per thread, glibc hardly reuses freed memory.
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    return new ChildProcess(builder.start());
  }

  private record ChildProcess(Process process) implements AutoCloseable {
    @Override
    public void close() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  private void submit(Settings settings) throws Exception {
    Map<String, String> options = new HashMap<>(settings.options());
    options.put("kafka.bootstrap-servers", kafka.bootstrapServers());
    options.put("s3.endpoint", s3.endpoint().toString());
    options.put("s3.region", s3.region());
    options.put("s3.path-style-access", "true");
    options.put("s3.bucket", OWN_BUCKET);
    options.putAll(KeyFiles.localOptions(settings.directory().resolve("markers")));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createRemoteEnvironment(rest.getHost(), rest.getPort());
    env.setParallelism(settings.slots());
    TrainerJob.build(env, options);
    // Returns once the job is submitted.
    env.executeAsync(TrainerJob.NAME);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** How clients reach the installation. */
  RelookSettings client() {
    return RelookSettings.of(kafka.bootstrapServers())
        .with(Setting.S3_ENDPOINT, s3.endpoint().toString())
        .with(Setting.S3_REGION, s3.region());
  }

  /** Process id of the task manager. */
  long taskManagerPid() {
    return taskManager.pid();
  }

  /** A metric of the task manager's JVM, such as {@code Status.JVM.Memory.Heap.Used}. */
  double taskManagerMetric(String name) throws IOException, InterruptedException {
    String id = get("/taskmanagers").at("/taskmanagers/0/id").asText();
    return get("/taskmanagers/" + id + "/metrics?get=" + name).at("/0/value").asDouble();
  }

  /** The answer of the job manager's REST API, such as to {@code /jobs/overview}. */
  JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(rest.resolve(path)).timeout(PATIENCE).build(),
            HttpResponse.BodyHandlers.ofString());
    return JSON.readTree(response.body());
  }

  /** A condition that is checked again while the server does not answer yet. */
  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private static void await(String what, Condition condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (IOException e) {
        // The server has not started yet.
      }
      Thread.sleep(BETWEEN_TRIES.toMillis());
    }
    throw new IllegalStateException(
        "Gave up waiting for %2$s after %1$s; see the logs folder.".formatted(PATIENCE, what));
  }

  private <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void close() throws Exception {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}
