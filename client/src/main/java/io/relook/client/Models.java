package io.relook.client;

import io.relook.client.RelookException.Kind;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The present state of all models: the latest event of each ARN on {@code relook.models}, read from
 * the beginning. For one thread.
 */
public final class Models implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final TopicReader reader;
  private final Duration timeout;
  private final Map<String, ModelMetadata> latest = new LinkedHashMap<>();

  Models(TopicReader reader, Duration timeout) {
    this.reader = reader;
    this.timeout = timeout;
  }

  /**
   * Reads what stood in the topic when this was opened, and returns what is there now.
   *
   * @throws RelookException when that takes longer than the connection's time-out
   */
  public Collection<ModelMetadata> catchUp(Clock clock) {
    Instant deadline = clock.instant().plus(timeout);
    while (!reader.caughtUp()) {
      next(POLL);
      if (clock.instant().isAfter(deadline)) {
        throw new RelookException(
            Kind.UNREACHABLE,
            "The models could not be read within %d ms.".formatted(timeout.toMillis()));
      }
    }
    return List.copyOf(latest.values());
  }

  /** The events of the next moment, applied to the view and returned in order; perhaps none. */
  public List<ModelMetadata> next(Duration wait) {
    List<ModelMetadata> events = new ArrayList<>();
    for (TopicReader.Message message : reader.poll(wait)) {
      String key = message.key();
      if (message.value().isEmpty() && key != null) {
        latest.remove(key);
      }
      message
          .decoded()
          .map(ModelMetadata.class::cast)
          .ifPresent(
              model -> {
                latest.put(model.getModelArn(), model);
                events.add(model);
              });
    }
    return events;
  }

  /** A model by its ARN, as far as the topic was read. */
  public Optional<ModelMetadata> find(String modelArn) {
    return Optional.ofNullable(latest.get(modelArn));
  }

  /**
   * A model by project and version, as far as the topic was read.
   *
   * @param version a number, or {@code latest} for the highest
   */
  public Optional<ModelMetadata> find(String account, String project, String version) {
    return latest.values().stream()
        .filter(model -> model.getAccount().equals(account))
        .filter(model -> model.getProjectName().equals(project))
        .filter(model -> version.equals("latest") || model.getModelVersion().equals(version))
        .max(Comparator.comparingLong(Models::versionNumber));
  }

  /** The version as a number, so that 10 stands after 9; -1 when it is none. */
  public static long versionNumber(ModelMetadata model) {
    try {
      return Long.parseLong(model.getModelVersion());
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /**
   * Waits until a model is no longer in training.
   *
   * @param progress is told every event of the model, the last one included
   * @throws RelookException when the time is over
   */
  public ModelMetadata awaitTrained(
      String modelArn, Duration limit, Clock clock, Consumer<ModelMetadata> progress) {
    Instant deadline = clock.instant().plus(limit);
    while (true) {
      for (ModelMetadata event : next(POLL)) {
        if (event.getModelArn().equals(modelArn)) {
          progress.accept(event);
        }
      }
      ModelMetadata model = latest.get(modelArn);
      if (model != null && model.getStatus() != ModelStatus.TRAINING) {
        return model;
      }
      if (clock.instant().isAfter(deadline)) {
        throw new RelookException(
            Kind.UNREACHABLE,
            "The training of %s did not end within %d s; it goes on, see 'relook model describe'."
                .formatted(modelArn, limit.toSeconds()));
      }
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
