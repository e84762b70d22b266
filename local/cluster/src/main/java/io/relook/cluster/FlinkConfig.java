package io.relook.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * Flink's configuration of one cluster: the file that all clusters share, with the differences of
 * this one.
 *
 * <p>Like Flink's start scripts, this class turns the memory options into flags of Java and into
 * dynamic options; a task manager does not start without them. It calls the same classes as the
 * scripts, which do so through {@code BashJavaUtils}.
 */
final class FlinkConfig {
  private final Configuration configuration;

  private FlinkConfig(Configuration configuration) {
    this.configuration = configuration;
  }

  /** Reads the shared folder, applies the differences and writes the generated folder. */
  static FlinkConfig generate(Path shared, Path generated, Map<String, String> differences) {
    Configuration configuration = GlobalConfiguration.loadConfiguration(shared.toString());
    differences.forEach(configuration::setString);
    List<String> lines = new ArrayList<>();
    lines.add("# Written by ./relook cluster from " + shared.resolve("config.yaml") + ".");
    lines.addAll(ConfigurationUtils.convertConfigToWritableLines(configuration, true));
    try {
      Files.write(generated.resolve("config.yaml"), lines, StandardCharsets.UTF_8);
      Files.copy(
          shared.resolve("log4j-console.properties"),
          generated.resolve("log4j-console.properties"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write Flink's configuration to " + generated, e);
    }
    return new FlinkConfig(configuration);
  }

  Configuration configuration() {
    return configuration;
  }

  /** Memory settings of a process: flags for Java and options for Flink. */
  record Memory(List<String> flags, List<String> options) {}

  Memory jobManagerMemory() {
    JobManagerProcessSpec spec = JobManagerProcessUtils.processSpecFromConfig(configuration);
    return new Memory(
        words(JobManagerProcessUtils.generateJvmParametersStr(spec, configuration)),
        words(JobManagerProcessUtils.generateDynamicConfigsStr(spec)));
  }

  Memory taskManagerMemory() {
    TaskExecutorProcessSpec spec = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
    return new Memory(
        words(ProcessMemoryUtils.generateJvmParametersStr(spec)),
        words(TaskExecutorProcessUtils.generateDynamicConfigsStr(spec)));
  }

  /** The values of {@code env.java.opts.*}, which otherwise only Flink's scripts read. */
  List<String> jobManagerJavaOptions() {
    return javaOptions(CoreOptions.FLINK_JM_JVM_OPTIONS);
  }

  List<String> taskManagerJavaOptions() {
    return javaOptions(CoreOptions.FLINK_TM_JVM_OPTIONS);
  }

  private List<String> javaOptions(ConfigOption<String> own) {
    List<String> options = new ArrayList<>();
    options.addAll(words(configuration.get(CoreOptions.FLINK_DEFAULT_JVM_OPTIONS)));
    options.addAll(words(configuration.get(CoreOptions.FLINK_JVM_OPTIONS)));
    options.addAll(words(configuration.get(own)));
    return options;
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.strip().split("\\s+"))
        .filter(word -> !word.isEmpty())
        .map(
            word ->
                word.startsWith("\"") && word.endsWith("\"")
                    ? word.substring(1, word.length() - 1)
                    : word)
        .toList();
  }
}
