package io.relook.job.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.externalresource.ExternalResourceDriver;
import org.apache.flink.api.common.externalresource.ExternalResourceDriverFactory;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalResourceOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.plugin.PluginManager;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * A Flink cluster of the parts that a real one has, in this JVM: Flink's own MiniCluster hands no
 * external resources to its task managers. The slot request timeout is short.
 */
public final class StandaloneFlink implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration SLOT_REQUEST_TIMEOUT = Duration.ofSeconds(15);

  private final Path directory;
  private final Configuration configuration;
  private final StandaloneSessionClusterEntrypoint jobManager;
  private final List<TaskManagerRunner> taskManagers = new ArrayList<>();
  private final RestClusterClient<String> client;

  private StandaloneFlink(
      Path directory, Configuration configuration, StandaloneSessionClusterEntrypoint jobManager)
      throws Exception {
    this.directory = directory;
    this.configuration = configuration;
    this.jobManager = jobManager;
    configuration.set(RestOptions.PORT, jobManager.getRestPort());
    configuration.set(JobManagerOptions.PORT, jobManager.getRpcPort());
    this.client = new RestClusterClient<>(configuration, "standalone");
  }

  /** A cluster without task managers. */
  public static StandaloneFlink start(Path directory) throws Exception {
    Files.createDirectories(directory);
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, LOOPBACK);
    configuration.set(RestOptions.BIND_ADDRESS, LOOPBACK);
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(JobManagerOptions.ADDRESS, LOOPBACK);
    configuration.set(JobManagerOptions.BIND_HOST, LOOPBACK);
    configuration.set(JobManagerOptions.PORT, 0);
    configuration.set(JobManagerOptions.SLOT_REQUEST_TIMEOUT, SLOT_REQUEST_TIMEOUT);
    configuration.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofMillis(500));
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
    StandaloneSessionClusterEntrypoint jobManager =
        new StandaloneSessionClusterEntrypoint(configuration);
    jobManager.startCluster();
    return new StandaloneFlink(directory, configuration, jobManager);
  }

  /**
   * Starts a task manager whose discovery script announces these devices.
   *
   * @param name its id
   * @param devices indices; none, and it has no external resource
   */
  public void startTaskManager(String name, List<Integer> devices) throws Exception {
    Configuration own = new Configuration(configuration);
    own.set(TaskManagerOptions.TASK_MANAGER_RESOURCE_ID, name);
    own.set(TaskManagerOptions.HOST, LOOPBACK);
    own.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
    own.set(TaskManagerOptions.RPC_PORT, "0");
    own.set(TaskManagerOptions.CPU_CORES, 4.0);
    own.set(TaskManagerOptions.NUM_TASK_SLOTS, 4);
    // All of them, as Flink's shell scripts compute them for a process.
    own.set(TaskManagerOptions.FRAMEWORK_HEAP_MEMORY, MemorySize.ofMebiBytes(128));
    own.set(TaskManagerOptions.FRAMEWORK_OFF_HEAP_MEMORY, MemorySize.ofMebiBytes(128));
    own.set(TaskManagerOptions.JVM_METASPACE, MemorySize.ofMebiBytes(256));
    own.set(TaskManagerOptions.JVM_OVERHEAD_MIN, MemorySize.ofMebiBytes(192));
    own.set(TaskManagerOptions.JVM_OVERHEAD_MAX, MemorySize.ofMebiBytes(192));
    own.set(TaskManagerOptions.TASK_HEAP_MEMORY, MemorySize.ofMebiBytes(1024));
    own.set(TaskManagerOptions.TASK_OFF_HEAP_MEMORY, MemorySize.ofMebiBytes(512));
    own.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
    own.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
    own.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    if (!devices.isEmpty()) {
      own.set(ExternalResourceOptions.EXTERNAL_RESOURCE_LIST, List.of("gpu"));
      own.setString("external-resource.gpu.amount", Integer.toString(devices.size()));
      own.setString("external-resource.gpu.driver-factory.class", ScriptFactory.class.getName());
      own.setString("external-resource.gpu.param.discovery-script.path", script(name, devices));
    }
    TaskManagerRunner taskManager =
        new TaskManagerRunner(own, new OwnDrivers(), TaskManagerRunner::createTaskExecutorService);
    taskManager.start();
    taskManagers.add(taskManager);
  }

  private String script(String name, List<Integer> devices) throws IOException {
    Path script = directory.resolve("discover-" + name);
    Files.writeString(
        script,
        "#!/bin/sh\necho "
            + devices.stream().map(Object::toString).collect(Collectors.joining(","))
            + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }

  /** Address of the REST API. */
  public String rest() {
    return "http://" + LOOPBACK + ":" + jobManager.getRestPort();
  }

  /** An environment in which a job for this cluster is built. */
  public StreamExecutionEnvironment environment(int parallelism) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration(configuration));
    env.setParallelism(parallelism);
    return env;
  }

  public JobID submit(StreamExecutionEnvironment env) throws Exception {
    StreamGraph graph = env.getStreamGraph();
    graph.setJobName("test");
    return client.submitJob(graph.getJobGraph()).get();
  }

  public void cancel(JobID job) throws Exception {
    client.cancel(job).get();
  }

  @Override
  public void close() throws Exception {
    client.close();
    for (TaskManagerRunner taskManager : taskManagers) {
      taskManager.close();
    }
    jobManager.closeAsync().get();
  }

  /** Task managers look for drivers among plugins; here there is one of our own. */
  private static final class OwnDrivers implements PluginManager {
    @Override
    public <P> Iterator<P> load(Class<P> service) {
      return service == ExternalResourceDriverFactory.class
          ? Set.of(service.cast(new ScriptFactory())).iterator()
          : Set.<P>of().iterator();
    }
  }

  /**
   * Asks a discovery script as Flink's GPUDriverFactory does ({@code script <amount>} prints
   * indices separated by commas). That class is in Flink's distribution; on Maven Central its
   * parent POM is missing, so no build can depend on it.
   */
  public static final class ScriptFactory implements ExternalResourceDriverFactory {
    @Override
    public ExternalResourceDriver createExternalResourceDriver(Configuration own) {
      String path = own.toMap().get("discovery-script.path");
      return amount -> {
        Process process = new ProcessBuilder(path, Long.toString(amount)).start();
        String printed =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
          throw new IOException("The discovery script failed");
        }
        Set<Device> devices = new HashSet<>();
        for (String index : printed.split(",", -1)) {
          devices.add(new Device(index));
        }
        return devices;
      };
    }
  }

  private record Device(String index) implements ExternalResourceInfo {
    @Override
    public Optional<String> getProperty(String key) {
      return key.equals("index") ? Optional.of(index) : Optional.empty();
    }

    @Override
    public Set<String> getKeys() {
      return Set.of("index");
    }
  }
}
