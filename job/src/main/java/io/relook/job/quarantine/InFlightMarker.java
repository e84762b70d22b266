package io.relook.job.quarantine;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a piece of long work in flight: which attempt runs, and with which attempts
 * before a process seems to have ended. Pure.
 *
 * <p>An attempt counts as ended with its process when another process begins the same work and
 * still finds its marker. It may live on: Flink may have given up a process that was only cut off
 * or frozen, or native code keeps it from noticing that the task has ended. When such an attempt
 * stops after all, it takes itself off the list.
 *
 * @param about what the work is, for people who read the bucket
 * @param attempt the attempt that runs
 * @param ended attempts, one after the other, with which a process seems to have ended
 * @param topicId Kafka's id of the topic of the command that asks for the work; null when it was
 *     written by relook 0.3
 * @param writtenAt when the attempt began, in ISO 8601; null when it was written by relook 0.3
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record InFlightMarker(
    @JsonProperty("about") String about,
    @JsonProperty("attempt") Attempt attempt,
    @JsonProperty("ended") List<Attempt> ended,
    @JsonProperty("topicId") @Nullable String topicId,
    @JsonProperty("writtenAt") @Nullable String writtenAt) {

  InFlightMarker {
    Objects.requireNonNull(attempt, "attempt");
    ended = List.copyOf(ended);
  }

  Written written() {
    return Written.of(topicId, writtenAt);
  }

  /**
   * One attempt at a piece of work.
   *
   * @param process in which it is made
   * @param number of the attempt in that process
   */
  record Attempt(@JsonProperty("process") String process, @JsonProperty("number") long number) {
    Attempt {
      Objects.requireNonNull(process, "process");
    }
  }

  /** The marker when an attempt begins. */
  static InFlightMarker begun(
      String about, Attempt attempt, Optional<InFlightMarker> before, Written written) {
    return new InFlightMarker(
        about,
        attempt,
        before.map(marker -> marker.endedFor(attempt)).orElse(List.of()),
        written.topicId(),
        written.at() == null ? null : written.at().toString());
  }

  private List<Attempt> endedFor(Attempt next) {
    if (attempt.process().equals(next.process())) {
      // Interrupted and still running, or on the list already.
      return ended;
    }
    return plus(attempt);
  }

  /** What is left of the marker when an attempt stops and its process goes on. */
  Optional<InFlightMarker> stopped(Attempt stopping) {
    if (attempt.equals(stopping)) {
      return Optional.empty();
    }
    List<Attempt> others = ended.stream().filter(other -> !other.equals(stopping)).toList();
    return Optional.of(new InFlightMarker(about, attempt, others, topicId, writtenAt));
  }

  /** The marker when the attempt did what ends a process, although this one goes on. */
  InFlightMarker fatal() {
    return new InFlightMarker(about, attempt, plus(attempt), topicId, writtenAt);
  }

  private List<Attempt> plus(Attempt one) {
    if (ended.contains(one)) {
      return ended;
    }
    List<Attempt> all = new ArrayList<>(ended);
    all.add(one);
    return all;
  }

  /** Ends of a process in a row. */
  int ends() {
    return ended.size();
  }
}
