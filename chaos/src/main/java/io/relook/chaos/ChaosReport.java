package io.relook.chaos;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The result of a run.
 *
 * @param troubles problems that break no guarantee
 */
record ChaosReport(
    long seed,
    Duration took,
    List<Fault> faults,
    List<Held> guarantees,
    List<String> troubles,
    Totals totals) {

  private static final int MOST_SHOWN = 20;

  /**
   * Counts of the whole run.
   *
   * @param restarts processes that were started again
   */
  record Totals(int restarts, int trainings, long observations) {}

  /** One guarantee and its violations. */
  record Held(String sentence, String checked, List<String> violations) {}

  /** Whether every guarantee held and the cluster recovered from each fault. */
  boolean good() {
    return troubles.isEmpty()
        && guarantees.stream().allMatch(guarantee -> guarantee.violations().isEmpty());
  }

  long counted() {
    return faults.stream().filter(Fault::counts).count();
  }

  /** How many faults count, by kind. */
  Map<FaultKind, Integer> byKind() {
    Map<FaultKind, Integer> kinds = new EnumMap<>(FaultKind.class);
    faults.stream()
        .filter(Fault::counts)
        .forEach(fault -> kinds.merge(fault.kind(), 1, Integer::sum));
    return kinds;
  }

  /** Times to the next committed output of both pipelines, of faults without overlap, sorted. */
  List<Duration> recoveries(FaultKind kind) {
    return faults.stream()
        .filter(fault -> fault.kind() == kind && fault.undisturbed())
        .flatMap(fault -> fault.recovery().ofBoth().stream())
        .sorted()
        .toList();
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seed", seed);
    json.put("seconds", took.toSeconds());
    json.put("good", good());
    json.put("faults", faults.size());
    json.put("faultsThatCount", counted());
    json.put("restartedProcesses", totals.restarts());
    json.put("trainings", totals.trainings());
    json.put("observations", totals.observations());
    ObjectNode kinds = json.putObject("byKind");
    byKind().forEach((kind, count) -> kinds.put(kind.words(), count));
    ObjectNode recovery = json.putObject("recoverySeconds");
    for (FaultKind kind : FaultKind.values()) {
      List<Duration> times = recoveries(kind);
      if (!times.isEmpty()) {
        ObjectNode one = recovery.putObject(kind.words());
        one.put("measured", times.size());
        one.put("median", times.get(times.size() / 2).toMillis() / 1000.0);
        one.put("worst", times.get(times.size() - 1).toMillis() / 1000.0);
      }
    }
    ArrayNode held = json.putArray("guarantees");
    for (Held guarantee : guarantees) {
      ObjectNode one = held.addObject();
      one.put("holds", guarantee.sentence());
      one.put("checked", guarantee.checked());
      guarantee.violations().forEach(one.putArray("violations")::add);
    }
    troubles.forEach(json.putArray("troubles")::add);
    ArrayNode list = json.putArray("faultList");
    for (Fault fault : faults) {
      ObjectNode one = list.addObject();
      one.put("number", fault.number());
      one.put("kind", fault.kind().words());
      one.put("what", fault.what());
      one.put("at", fault.at().toString());
      one.put("counts", fault.counts());
      one.put("trainingsInFlight", fault.inFlight().trainings());
      one.put("uncommittedRecords", fault.inFlight().uncommitted());
      one.put("unansweredCommands", fault.inFlight().unanswered());
      fault.recovery().control().ifPresent(time -> one.put("controlMillis", time.toMillis()));
      fault.recovery().data().ifPresent(time -> one.put("dataMillis", time.toMillis()));
    }
    return json;
  }

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "%d faults, of which %d count (a training or uncommitted records were in flight)"
            .formatted(faults.size(), counted()));
    byKind().forEach((kind, count) -> lines.add("  %4d  %s".formatted(count, kind.words())));
    lines.add("Seconds to the next committed output of both pipelines, median and worst");
    for (FaultKind kind : FaultKind.values()) {
      List<Duration> times = recoveries(kind);
      if (!times.isEmpty()) {
        lines.add(
            "  %6.1f  %6.1f  %s (%d)"
                .formatted(
                    times.get(times.size() / 2).toMillis() / 1000.0,
                    times.get(times.size() - 1).toMillis() / 1000.0,
                    kind.words(),
                    times.size()));
      }
    }
    lines.add("Guarantees");
    for (Held guarantee : guarantees) {
      lines.add(
          "  %-9s %s (%s)"
              .formatted(
                  guarantee.violations().isEmpty() ? "held" : "VIOLATED",
                  guarantee.sentence(),
                  guarantee.checked()));
      guarantee.violations().stream()
          .limit(MOST_SHOWN)
          .forEach(violation -> lines.add("            " + violation));
      if (guarantee.violations().size() > MOST_SHOWN) {
        lines.add("            … and " + (guarantee.violations().size() - MOST_SHOWN) + " more");
      }
    }
    troubles.forEach(trouble -> lines.add("  TROUBLE   " + trouble));
    return String.join("\n", lines);
  }
}
