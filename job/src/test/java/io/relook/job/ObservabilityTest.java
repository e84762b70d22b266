package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Alerts and dashboard ask for metrics that exist, and alerts lead to a row that says what to do.
 */
class ObservabilityTest {
  private static final Path DIRECTORY = Path.of("..", "deploy", "observability");

  /** Flink's own, which {@link OperationsIT} finds on a running cluster. */
  private static final Set<String> OF_FLINK =
      Set.of(
          "flink_jobmanager_numRegisteredTaskManagers",
          "flink_jobmanager_job_numRestarts",
          "flink_jobmanager_job_numberOfCompletedCheckpoints",
          "flink_jobmanager_job_numberOfFailedCheckpoints",
          "flink_jobmanager_job_lastCheckpointDuration",
          "flink_taskmanager_job_task_busyTimeMsPerSecond",
          "flink_taskmanager_job_task_backPressuredTimeMsPerSecond",
          "flink_taskmanager_job_task_operator_numRecordsOut",
          "flink_taskmanager_job_task_operator_pendingRecords",
          "flink_taskmanager_job_task_operator_failedCommittables",
          "flink_taskmanager_Status_JVM_Memory_Heap_Used");

  @Test
  void alertsAskForMetricsOfTheCatalogue() throws IOException {
    List<String> expressions = values("expr: '(.*)'");

    assertThat(expressions).hasSizeGreaterThan(10);
    assertThat(metrics(expressions)).isSubsetOf(catalogue());
  }

  @Test
  void eachAlertLeadsToARowOfTheRunbook() throws IOException {
    String operations = Files.readString(Path.of("..", "docs", "operations.md"));
    String rows =
        operations.substring(
            operations.indexOf("\n## Runbook"), operations.indexOf("\n## Quarantine"));
    List<String> runbooks = values("runbook: docs/operations\\.md#(\\S+)");

    assertThat(runbooks).hasSameSizeAs(values("- alert: (\\w+)"));
    for (String runbook : runbooks) {
      assertThat(rows).contains("| <a id=\"" + runbook + "\"></a>");
    }
  }

  @Test
  void theDashboardAsksForMetricsOfTheCatalogue() throws IOException {
    JsonNode dashboard =
        JsonMapper.builder().build().readTree(DIRECTORY.resolve("dashboard.json").toFile());
    List<String> expressions = new ArrayList<>();
    dashboard.findValues("expr").forEach(expression -> expressions.add(expression.asText()));

    assertThat(expressions).hasSizeGreaterThan(20);
    assertThat(metrics(expressions)).isSubsetOf(catalogue());
  }

  private static List<String> values(String pattern) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(DIRECTORY.resolve("alerts.yaml")))
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  private static Set<String> metrics(List<String> expressions) {
    return expressions.stream()
        .flatMap(expression -> Pattern.compile("\\bflink_\\w+").matcher(expression).results())
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }

  private static Set<String> catalogue() throws IOException {
    Set<String> names =
        MetricsCatalogue.ofReference().stream()
            .map(metric -> metric.substring(metric.lastIndexOf(' ') + 1))
            .map(metric -> "flink_taskmanager_job_task_operator_" + metric)
            .collect(Collectors.toSet());
    names.addAll(OF_FLINK);
    return names;
  }
}
