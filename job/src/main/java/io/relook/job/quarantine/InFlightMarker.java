package io.relook.job.quarantine;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
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
 * @param attempt the attempt that runs; null while the work waits to begin again after a restart of
 *     the job
 * @param ended attempts, one after the other, with which a process seems to have ended
 * @param topicId Kafka's id of the topic of the command that asks for the work; null when it was
 *     written by relook 0.3
 * @param writtenAt when the attempt began, in ISO 8601; null when it was written by relook 0.3
 * @param begunAt when the first attempt began, in ISO 8601; null when it was written by relook 0.4
 *     or before
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record InFlightMarker(
    @JsonProperty("about") String about,
    @JsonProperty("attempt") @Nullable Attempt attempt,
    @JsonProperty("ended") List<Attempt> ended,
    @JsonProperty("topicId") @Nullable String topicId,
    @JsonProperty("writtenAt") @Nullable String writtenAt,
    @JsonProperty("begunAt") @Nullable String begunAt) {

  InFlightMarker {
    if (attempt == null) {
      Objects.requireNonNull(begunAt, "begunAt");
    }
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

  /**
   * The marker when an attempt begins.
   *
   * @param now when it begins
   */
  static InFlightMarker begun(
      String about,
      Attempt attempt,
      Optional<InFlightMarker> before,
      @Nullable String topicId,
      Instant now) {
    return new InFlightMarker(
        about,
        attempt,
        before.map(marker -> marker.endedFor(attempt)).orElse(List.of()),
        topicId,
        now.toString(),
        before.map(InFlightMarker::begunAt).orElse(now.toString()));
  }

  private List<Attempt> endedFor(Attempt next) {
    if (attempt == null || attempt.process().equals(next.process())) {
      // It stopped, or was interrupted and still runs, or is on the list already.
      return ended;
    }
    return plus(attempt);
  }

  /** How long ago the first attempt began. */
  Duration begunAgo(Instant now) {
    if (begunAt == null) {
      return Duration.ZERO;
    }
    Duration ago = Duration.between(Instant.parse(begunAt), now);
    return ago.isNegative() ? Duration.ZERO : ago;
  }

  /** Whether the same attempt made both. */
  boolean isOf(InFlightMarker other) {
    return attempt != null && attempt.equals(other.attempt);
  }

  /**
   * What is left when the attempt stops without a result and its process goes on: ends of processes
   * before do not count any more, and only the time goes on.
   */
  Optional<InFlightMarker> waiting() {
    return Optional.of(new InFlightMarker(about, null, List.of(), topicId, writtenAt, begunAt));
  }

  /** The marker of a later attempt when one that was counted as ended stops after all. */
  InFlightMarker without(InFlightMarker stopping) {
    return new InFlightMarker(
        about,
        attempt,
        ended.stream().filter(other -> !other.equals(stopping.attempt)).toList(),
        topicId,
        writtenAt,
        begunAt);
  }

  /** The marker when the attempt did what ends a process, although this one goes on. */
  InFlightMarker fatal() {
    return attempt == null
        ? this
        : new InFlightMarker(about, attempt, plus(attempt), topicId, writtenAt, begunAt);
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
