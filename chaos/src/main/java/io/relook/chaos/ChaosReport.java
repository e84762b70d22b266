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
 * What a run found.
 *
 * @param troubles what is no broken guarantee, but not as it should be either
 * @param restarts processes that were started again
 */
record ChaosReport(
    long seed,
    Duration took,
    List<Chaos.Fault> faults,
    List<Held> guarantees,
    List<String> troubles,
    int restarts,
    int trainings,
    long observations) {

  private static final int MOST_SHOWN = 20;

  /** One guarantee and how it fared. */
  record Held(String sentence, String checked, List<String> violations) {}

  /** Whether every guarantee held and the cluster came back after each fault. */
  boolean good() {
    return troubles.isEmpty()
        && guarantees.stream().allMatch(guarantee -> guarantee.violations().isEmpty());
  }

  long counted() {
    return faults.stream().filter(Chaos.Fault::counts).count();
  }

  /** Numbers of faults that count, by kind. */
  Map<FaultKind, Integer> byKind() {
    Map<FaultKind, Integer> kinds = new EnumMap<>(FaultKind.class);
    faults.stream()
        .filter(Chaos.Fault::counts)
        .forEach(fault -> kinds.merge(fault.kind(), 1, Integer::sum));
    return kinds;
  }

  /** Times to the next committed output of both pipelines, of faults no other interfered with. */
  List<Duration> recoveries(FaultKind kind) {
    return faults.stream()
        .filter(fault -> fault.kind() == kind && fault.undisturbed())
        .filter(fault -> fault.control().isPresent() && fault.data().isPresent())
        .map(
            fault ->
                fault.control().get().compareTo(fault.data().get()) > 0
                    ? fault.control().get()
                    : fault.data().get())
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
    json.put("restartedProcesses", restarts);
    json.put("trainings", trainings);
    json.put("observations", observations);
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
    for (Chaos.Fault fault : faults) {
      ObjectNode one = list.addObject();
      one.put("number", fault.number());
      one.put("kind", fault.kind().words());
      one.put("what", fault.what());
      one.put("at", fault.at().toString());
      one.put("counts", fault.counts());
      one.put("trainingsInFlight", fault.inFlight().trainings());
      one.put("uncommittedRecords", fault.inFlight().uncommitted());
      one.put("unansweredCommands", fault.inFlight().unanswered());
      fault.control().ifPresent(time -> one.put("controlMillis", time.toMillis()));
      fault.data().ifPresent(time -> one.put("dataMillis", time.toMillis()));
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
