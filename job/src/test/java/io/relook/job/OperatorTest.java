package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.kafka.Preflight;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

/** State is found by uid when a job is restored: change nothing here that has been released. */
class OperatorTest {
  private static final List<String> CONTROL =
      List.of(
          "read-commands",
          "read-outcomes",
          "check-commands",
          "check-outcomes",
          "probe-bucket",
          "registry",
          "write-command-rejections",
          "write-control");
  private static final List<String> DATA =
      List.of(
          "read-images",
          "check-images",
          "extract-features",
          "dataset",
          "import-manifest",
          "write-import",
          "retry-images",
          "write-retries",
          "remove-objects",
          "remove-published",
          "write-manifest",
          "train",
          "publish",
          "encode-outcomes",
          "write-image-rejections",
          "write-data");

  @Test
  void uidsAreTheseInTheOrderOfTheFlow() {
    assertThat(Arrays.stream(Operator.values()).map(Operator::uid))
        .containsExactlyElementsOf(Stream.concat(CONTROL.stream(), DATA.stream()).toList())
        .doesNotHaveDuplicates();
  }

  @Test
  void theGraphHasExactlyTheseOperators() {
    assertThat(uidsOf(Map.of()))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(CONTROL.stream(), DATA.stream()).toList());
  }

  @Test
  void eachPipelineCanRunInAJobOfItsOwn() {
    assertThat(uidsOf(Map.of("job.pipelines", "control")))
        .containsExactlyInAnyOrderElementsOf(CONTROL);
    assertThat(uidsOf(Map.of("job.pipelines", "data"))).containsExactlyInAnyOrderElementsOf(DATA);
  }

  @Test
  void nothingIsSpreadBetweenTheSourceAndTheKey() {
    StreamGraph graph = graph(Map.of()).getStreamGraph(false);
    Map<String, Set<String>> into = new TreeMap<>();
    graph.getStreamNodes().stream()
        .flatMap(node -> node.getOutEdges().stream())
        .forEach(
            edge ->
                into.computeIfAbsent(edge.getPartitioner().toString(), key -> new TreeSet<>())
                    .add(graph.getStreamNode(edge.getTargetId()).getOperatorName()));

    assertThat(into.keySet()).containsExactlyInAnyOrder("FORWARD", "HASH", "REBALANCE");
    assertThat(into.get("REBALANCE"))
        .as("trainings, which have no order")
        .singleElement()
        .asString()
        .endsWith("train");
  }

  @Test
  void optionsAreReadFromArguments() {
    assertThat(TrainerJob.options(new String[] {"--a.b", "c", "--d=e=f", "--g", "--h"}))
        .isEqualTo(Map.of("a.b", "c", "d", "e=f", "g", "--h"));
    assertThatThrownBy(() -> TrainerJob.options(new String[] {"a"}))
        .hasMessage("The argument a is not an option: write --key value or --key=value.");
    assertThatThrownBy(() -> TrainerJob.options(new String[] {"--a"}))
        .hasMessage("The option --a has no value: write --key value or --key=value.");
  }

  private static List<String> uidsOf(Map<String, String> options) {
    return graph(options).getStreamGraph(false).getStreamNodes().stream()
        .map(StreamNode::getTransformationUID)
        .filter(Objects::nonNull)
        .map(uid -> uid.replaceFirst(": (Writer|Committer|Global Committer)$", ""))
        .map(OperatorTest::withoutSinkPart)
        .distinct()
        .toList();
  }

  /** Flink makes a sink's writer and committer from it, each with a uid made from the sink's. */
  private static String withoutSinkPart(String uid) {
    return uid.replaceFirst("^Sink Committer: ", "").replaceFirst("^Sink Writer: ", "");
  }

  /** The graph, which reaches nobody while it is built. */
  private static StreamExecutionEnvironment graph(Map<String, String> options) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    TrainerJob.configure(env);
    env.setParallelism(3);
    Map<String, String> all = new HashMap<>(options);
    all.put("kafka.bootstrap-servers", "127.0.0.1:1");
    all.put("markers.signing-key", "a:${file:/signing.pem}");
    all.put("markers.verify-keys", "a:${file:/verify.pem}");
    JobConfig config = JobConfig.from(all);
    TrainingPipeline pipeline =
        new TrainingPipeline(new Connections(config, new Preflight.Found(5, Map.of())));
    if (config.pipelines().control()) {
      pipeline.buildControl(env);
    }
    if (config.pipelines().data()) {
      pipeline.buildData(env);
    }
    return env;
  }
}
