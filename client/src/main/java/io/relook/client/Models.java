package io.relook.client;

import io.relook.client.RelookException.Kind;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The present state of all models: the latest event of each ARN on {@code relook.models}, read from
 * the beginning. For one thread.
 */
public final class Models implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final LatestRecords<ModelMetadata> records;

  Models(TopicReader reader, Duration timeout) {
    this.records = new LatestRecords<>(reader, ModelMetadata.class, "models", timeout);
  }

  /**
   * Reads up to the end of the topic at the time of opening, and returns the present state.
   *
   * @throws RelookException when that takes longer than the connection's time-out
   */
  public Collection<ModelMetadata> catchUp(Clock clock) {
    return records.catchUp(clock);
  }

  /** Applies the next events and returns them in order; none if none arrive in time. */
  public List<ModelMetadata> next(Duration wait) {
    return records.next(wait);
  }

  /** A model by its ARN, as of the events read so far. */
  public Optional<ModelMetadata> find(String modelArn) {
    return records.find(modelArn);
  }

  /**
   * A model by project and version, as of the events read so far.
   *
   * @param version a number, or {@code latest} for the highest
   */
  public Optional<ModelMetadata> find(String account, String project, String version) {
    return records.all().stream()
        .filter(model -> model.getAccount().equals(account))
        .filter(model -> model.getProjectName().equals(project))
        .filter(model -> version.equals("latest") || model.getModelVersion().equals(version))
        .max(Comparator.comparingLong(Models::versionNumber));
  }

  /** The version as a number, so that 10 comes after 9; -1 when it is not a number. */
  public static long versionNumber(ModelMetadata model) {
    try {
      return Long.parseLong(model.getModelVersion());
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** As the other method, with nothing to do meanwhile. */
  public ModelMetadata awaitTrained(
      String modelArn, Duration limit, Clock clock, Consumer<ModelMetadata> progress) {
    return awaitTrained(modelArn, limit, clock, progress, () -> {});
  }

  /**
   * Waits until a model is no longer in training.
   *
   * @param progress receives every event of the model, including the last one
   * @param meanwhile is called again and again, in this thread, until then
   * @throws RelookException when the limit has passed
   */
  public ModelMetadata awaitTrained(
      String modelArn,
      Duration limit,
      Clock clock,
      Consumer<ModelMetadata> progress,
      Runnable meanwhile) {
    Instant deadline = clock.instant().plus(limit);
    while (true) {
      for (ModelMetadata event : next(POLL)) {
        if (event.getModelArn().equals(modelArn)) {
          progress.accept(event);
        }
      }
      meanwhile.run();
      Optional<ModelMetadata> ended =
          records.find(modelArn).filter(model -> model.getStatus() != ModelStatus.TRAINING);
      if (ended.isPresent()) {
        return ended.get();
      }
      if (clock.instant().isAfter(deadline)) {
        throw new RelookException(
            Kind.UNREACHABLE,
            "The training of %s did not end within %d s; it continues, see 'relook model describe'."
                .formatted(modelArn, limit.toSeconds()));
      }
    }
  }

  @Override
  public void close() {
    records.close();
  }
}
