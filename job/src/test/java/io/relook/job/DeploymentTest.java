package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.runtime.shuffle.ShuffleServiceOptions;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * The files below {@code deploy/} and {@code docker-compose.yml} against each other, against
 * Flink's options and against the job's, without a container engine.
 */
class DeploymentTest {
  private static final Path ROOT = Path.of(System.getProperty("user.dir"), "..");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Options of Flink's plug-ins, which are not on this class path. */
  private static final Pattern PLUG_IN =
      Pattern.compile(
          "s3\\.(region|endpoint|path-style-access)"
              + "|metrics\\.reporter\\.[a-z]+\\.(factory\\.class|port)"
              + "|external-resource\\.gpu\\."
              + "(amount|driver-factory\\.class|param\\.discovery-script\\.path)");

  @Test
  void everyKeyOfFlinkExists() throws Exception {
    Set<String> known = flinkKeys();
    assertThat(known).hasSizeGreaterThan(300).contains("rest.port");
    Map<String, Collection<String>> used = new TreeMap<>();
    used.put("config.yaml", keys(configYaml()));
    used.put("relook.yaml", keys(flinkConfiguration()));
    for (String service : List.of("jobmanager", "taskmanager", "taskmanager-gpu")) {
      used.put(service, keys(flinkProperties(service)));
    }
    used.forEach(
        (file, keys) ->
            assertThat(keys)
                .as(file)
                .isNotEmpty()
                .allMatch(key -> known.contains(key) || PLUG_IN.matcher(key).matches()));
  }

  @Test
  void kubernetesHasTheSettingsOfEveryCluster() throws IOException {
    JsonNode shared = configYaml();
    JsonNode operators = flinkConfiguration();
    // Addresses, sizes and parallelism have fields of their own; checkpoints go to S3.
    Pattern elsewhere =
        Pattern.compile(
            "jobmanager\\..*|rest\\..*|taskmanager\\.(bind-host|memory\\.process\\.size)"
                + "|parallelism\\.default|env\\.java\\.opts\\.client"
                + "|execution\\.checkpointing\\.(dir|savepoint-dir)");
    for (String key : keys(shared)) {
      if (!elsewhere.matcher(key).matches()) {
        assertThat(operators.path(key).asText()).as(key).isEqualTo(shared.get(key).asText());
      }
    }
    JsonNode spec = deployment().path("spec");
    assertThat(spec.at("/jobManager/resource/memory").asText())
        .isEqualTo(shared.get("jobmanager.memory.process.size").asText());
    assertThat(spec.at("/taskManager/resource/memory").asText())
        .isEqualTo(shared.get("taskmanager.memory.process.size").asText());
  }

  @Test
  void kubernetesRunsTheFlinkOfThePomAndTheImage() throws IOException {
    String version = firstGroup("<flink.version>([^<]+)<", read("pom.xml"));
    assertThat(firstGroup("ARG FLINK_VERSION=(\\S+)", read("deploy/docker/Dockerfile")))
        .isEqualTo(version);
    assertThat(deployment().at("/spec/flinkVersion").asText())
        .isEqualTo("v" + version.replaceFirst("^(\\d+)\\.(\\d+)\\..*", "$1_$2"));
  }

  @Test
  void filesInS3HaveARegion() throws IOException {
    assertThat(flinkConfiguration().path("high-availability.storageDir").asText())
        .startsWith("s3://");
    assertThat(flinkConfiguration().path("s3.region").asText()).isNotEmpty();
    assertThat(mainContainer().path("env"))
        .anySatisfy(
            variable -> {
              assertThat(variable.path("name").asText()).isEqualTo("AWS_REGION");
              assertThat(variable.path("value").asText()).isNotEmpty();
            });
  }

  @Test
  void replicasDoNotOverrideTheParallelism() throws IOException {
    JsonNode spec = deployment().path("spec");
    assertThat(spec.path("taskManager").has("replicas")).isFalse();
    int parallelism = spec.at("/job/parallelism").asInt();
    int slots = flinkConfiguration().path("taskmanager.numberOfTaskSlots").asInt();
    assertThat(parallelism).isPositive();
    assertThat(parallelism % slots).as("empty slots").isZero();
  }

  @Test
  void everyClusterLogsAlike() throws IOException {
    assertThat(deployment().at("/spec/logConfiguration/log4j-console.properties").asText())
        .isEqualTo(read("deploy/flink/log4j-console.properties"));
  }

  @Test
  void onlyTheOperatorAndItsOwnPodsReachFlink() throws IOException {
    JsonNode peers = kubernetes().get(1).at("/spec/ingress/0/from");
    assertThat(peers).hasSize(2);
    assertThat(peers.get(1).at("/namespaceSelector/matchExpressions/0/values"))
        .extracting(JsonNode::asText)
        .as("namespaces of the operator's quick start and of its own")
        .containsExactly("default", "flink-operator");
    assertThat(peers.get(1).at("/podSelector/matchLabels/app.kubernetes.io~1name").asText())
        .isEqualTo("flink-kubernetes-operator");
  }

  @Test
  void everyOptionOfTheJobExists() throws IOException {
    Set<String> known = JobOptions.ALL.stream().map(ConfigOption::key).collect(Collectors.toSet());
    for (JsonNode arguments :
        List.of(deployment().at("/spec/job/args"), compose("submit").path("command"))) {
      assertThat(arguments).isNotEmpty();
      for (JsonNode argument : arguments) {
        String key = firstGroup("^--([^=]+)=", argument.asText());
        assertThat(known.contains(key) || key.startsWith("kafka.properties.")).as(key).isTrue();
      }
    }
  }

  @Test
  void stateBelongsToTheUserThatRunsFlink() throws IOException {
    String image = read("deploy/docker/Dockerfile").replaceFirst("(?s).*\nFROM ", "");
    String state = firstGroup("file://(\\S+)/checkpoints", configYaml().toString());
    assertThat(image.lines().filter(line -> !line.startsWith("#")))
        .containsSubsequence(
            "USER root", "RUN install -d -o flink -g flink " + state, "USER flink");
    for (String service :
        List.of("markers", "jobmanager", "taskmanager", "taskmanager-gpu", "submit")) {
      assertThat(compose(service).path("volumes"))
          .as(service)
          .extracting(JsonNode::asText)
          .containsExactly("state:" + state);
    }
  }

  @Test
  void theImageHasNoSourcesAndIsPackedOnce() throws IOException {
    String dockerfile = read("deploy/docker/Dockerfile");
    assertThat(dockerfile).doesNotContain("# syntax");
    List<String> builds =
        Pattern.compile("mvn [^&]*").matcher(dockerfile).results().map(r -> r.group()).toList();
    assertThat(builds).filteredOn(line -> line.matches("(?s).* (package|install)\\b.*")).hasSize(1);
    assertThat(builds)
        .filteredOn(line -> line.contains("outputDirectory"))
        .as("the Avro plugin takes outputDirectory as well")
        .noneMatch(line -> line.matches("(?s).* (package|install|compile)\\b.*"));
  }

  @Test
  void healthIsCheckedWithoutAJavaProcessAndStopsAreGivenTime() throws IOException {
    assertThat(compose("kafka").at("/healthcheck/test").toString()).contains("/dev/tcp/");
    for (String store : List.of("kafka", "s3")) {
      assertThat(compose(store).path("stop_grace_period").asText()).as(store).isEqualTo("60s");
    }
  }

  /** The images' VOLUME lines: apache/kafka has three, chrislusf/seaweedfs one. */
  @Test
  void noVolumeIsAnonymous() throws IOException {
    assertThat(targets("kafka"))
        .contains("/etc/kafka/secrets", "/var/lib/kafka/data", "/mnt/shared/config");
    assertThat(targets("s3")).contains("/data");
    assertThat(targets("buckets")).contains("/data");
  }

  private static List<String> targets(String service) throws IOException {
    JsonNode definition = compose(service);
    return Stream.of("volumes", "tmpfs")
        .flatMap(name -> StreamSupport.stream(definition.path(name).spliterator(), false))
        .map(volume -> volume.asText().replaceFirst("^[a-z0-9]+:", ""))
        .toList();
  }

  private static Set<String> flinkKeys() throws Exception {
    Set<String> keys = new TreeSet<>();
    for (Class<?> some : List.of(CheckpointingOptions.class, ShuffleServiceOptions.class)) {
      Path jar = Path.of(some.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (JarFile file = new JarFile(jar.toFile())) {
        List<String> names =
            file.stream()
                .map(JarEntry::getName)
                .filter(name -> name.matches("org/apache/flink/.*Options\\.class"))
                .toList();
        for (String name : names) {
          keys.addAll(keysOf(name.replace(".class", "").replace('/', '.')));
        }
      }
    }
    return keys;
  }

  private static List<String> keysOf(String owner) throws ReflectiveOperationException {
    List<String> keys = new ArrayList<>();
    for (Field field : Class.forName(owner).getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
        keys.add(((ConfigOption<?>) field.get(null)).key());
      }
    }
    return keys;
  }

  private static JsonNode configYaml() throws IOException {
    return document(read("deploy/flink/config.yaml"));
  }

  private static List<JsonNode> kubernetes() throws IOException {
    return documents(read("deploy/kubernetes/relook.yaml"));
  }

  private static JsonNode deployment() throws IOException {
    return kubernetes().get(0);
  }

  private static JsonNode flinkConfiguration() throws IOException {
    return deployment().at("/spec/flinkConfiguration");
  }

  private static JsonNode mainContainer() throws IOException {
    return deployment().at("/spec/podTemplate/spec/containers/0");
  }

  private static JsonNode compose(String service) throws IOException {
    return document(read("docker-compose.yml")).path("services").path(service);
  }

  private static JsonNode flinkProperties(String service) throws IOException {
    return document(compose(service).at("/environment/FLINK_PROPERTIES").asText());
  }

  private static JsonNode document(String yaml) {
    return documents(yaml).get(0);
  }

  /** With anchors and merges resolved, which Jackson's own reader of YAML leaves as names. */
  private static List<JsonNode> documents(String yaml) {
    return StreamSupport.stream(new Yaml().loadAll(yaml).spliterator(), false)
        .map(document -> JSON.<JsonNode>valueToTree(document))
        .toList();
  }

  private static List<String> keys(JsonNode map) {
    return map.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }

  private static String firstGroup(String expression, String text) {
    Matcher matcher = Pattern.compile(expression).matcher(text);
    assertThat(matcher.find()).as("%s in %s", expression, text).isTrue();
    return matcher.group(1);
  }
}
