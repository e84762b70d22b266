package io.relook.chaos;

import io.relook.chaos.guarantee.Guarantee;
import io.relook.chaos.guarantee.Observation;
import io.relook.chaos.guarantee.Observation.Place;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.TopicReader;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows all topics as consumers of committed records do, passes what it reads to the guarantees,
 * and counts what the run itself needs.
 */
final class Recorder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** The two pipelines, by the topics that only they write. */
  enum Pipeline {
    CONTROL(Set.of(Topic.REPLIES, Topic.MODELS, Topic.PROJECTS)),
    DATA(Set.of(Topic.OUTCOMES, Topic.DATASETS));

    private final Set<Topic> topics;

    Pipeline(Set<Topic> topics) {
      this.topics = topics;
    }
  }

  private final List<Guarantee> guarantees;
  private final Consumer<ModelMetadata> onTrained;
  private final List<Thread> readers = new ArrayList<>();
  private final Map<Topic, AtomicInteger> emptyPolls = new EnumMap<>(Topic.class);
  private final Map<Pipeline, Instant> newestOutput = new EnumMap<>(Pipeline.class);
  private final Map<Pipeline, Map<Instant, Instant>> waiting = new EnumMap<>(Pipeline.class);
  private final Outstanding outstanding = new Outstanding();

  private final Map<String, CommandReply> replies = new HashMap<>();
  private final Map<String, ModelMetadata> models = new LinkedHashMap<>();
  private volatile boolean closed;
  private long observations;

  Recorder(List<Guarantee> guarantees, Consumer<ModelMetadata> onTrained) {
    this.guarantees = guarantees;
    this.onTrained = onTrained;
    for (Pipeline pipeline : Pipeline.values()) {
      waiting.put(pipeline, new HashMap<>());
    }
  }

  /** Starts to read all topics from the beginning. */
  void start(RelookConnection relook) {
    for (Topic topic : Topic.values()) {
      if (topic == Topic.PREDICTIONS) {
        continue;
      }
      emptyPolls.put(topic, new AtomicInteger());
      TopicReader reader = relook.read(topic, TopicReader.From.BEGINNING);
      Thread thread = new Thread(() -> follow(topic, reader), "read-" + topic.suffix());
      thread.setDaemon(true);
      thread.start();
      readers.add(thread);
    }
  }

  private void follow(Topic topic, TopicReader reader) {
    try (reader) {
      while (!closed) {
        try {
          List<TopicReader.Message> messages = reader.poll(POLL);
          AtomicInteger empty = emptyPolls.get(topic);
          if (empty != null) {
            empty.set(messages.isEmpty() ? empty.get() + 1 : 0);
          }
          for (TopicReader.Message message : messages) {
            read(topic, message);
          }
        } catch (RelookException e) {
          if (closed || Thread.currentThread().isInterrupted()) {
            return;
          }
          LOG.warn("Reading {} failed; trying again", topic, e);
        }
      }
    }
  }

  private synchronized void read(Topic topic, TopicReader.Message message) {
    observe(
        new Observation.Read(
            topic,
            message.partition(),
            message.offset(),
            message.key(),
            message.decoded(),
            message.bytes() == null));
    for (Pipeline pipeline : Pipeline.values()) {
      if (pipeline.topics.contains(topic)) {
        output(pipeline, message.timestamp());
      }
    }
    message
        .decoded()
        .ifPresent(
            record -> {
              if (record instanceof Command) {
                outstanding.command(new Place(topic, message.partition(), message.offset()));
              } else if (record instanceof CommandReply reply) {
                outstanding.answer(
                    new Place(
                        Topic.COMMANDS, reply.getCommandPartition(), reply.getCommandOffset()),
                    reply);
                replies.put(reply.getRequestId(), reply);
              } else if (record instanceof ModelMetadata model) {
                model(model);
              }
            });
    if (topic == Topic.MODELS && message.bytes() == null && message.key() != null) {
      models.remove(message.key());
    }
    notifyAll();
  }

  private void model(ModelMetadata model) {
    models.put(model.getModelArn(), model);
    if (outstanding.event(model) && model.getStatus() == ModelStatus.TRAINED) {
      onTrained.accept(model);
    }
  }

  private void output(Pipeline pipeline, Instant appended) {
    Instant now = Instant.now();
    waiting
        .getOrDefault(pipeline, new HashMap<>())
        .replaceAll(
            (since, until) -> until.equals(Instant.MAX) && !appended.isBefore(since) ? now : until);
    newestOutput.put(pipeline, appended);
  }

  /** Passes an observation to the guarantees. */
  synchronized void observe(Observation observation) {
    observations++;
    for (Guarantee guarantee : guarantees) {
      guarantee.observe(observation);
    }
  }

  /** The broker acknowledged a message. */
  synchronized void acknowledged(Topic topic, int partition, long offset) {
    if (topic == Topic.COMMANDS) {
      outstanding.command(new Place(topic, partition, offset));
    }
    observe(new Observation.Acknowledged(topic, partition, offset));
  }

  /** Starts to look for the first committed output that was appended after the instant. */
  synchronized void watch(Instant since) {
    waiting.values().forEach(map -> map.put(since, Instant.MAX));
  }

  /** Time from the instant to the pipeline's next committed output, if there is one yet. */
  synchronized Optional<Duration> untilOutput(Pipeline pipeline, Instant since) {
    Instant until = waiting.getOrDefault(pipeline, Map.of()).get(since);
    return until == null || until.equals(Instant.MAX)
        ? Optional.empty()
        : Optional.of(Duration.between(since, until));
  }

  /** Waits until both pipelines have committed output again. */
  synchronized boolean awaitOutput(Instant since, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (untilOutput(Pipeline.CONTROL, since).isEmpty()
        || untilOutput(Pipeline.DATA, since).isEmpty()) {
      if (!pause(deadline)) {
        return false;
      }
    }
    return true;
  }

  private boolean pause(long deadline) {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      return false;
    }
    try {
      wait(Math.min(left, 500));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Trainings that were admitted and have not ended. */
  synchronized int trainings() {
    return outstanding.trainings();
  }

  /** Trainings admitted so far. */
  synchronized int started() {
    return outstanding.admitted();
  }

  /** Commands in the log without an answer. */
  synchronized int unanswered() {
    return outstanding.unanswered();
  }

  /** Waits for the reply to a command. */
  synchronized @Nullable CommandReply awaitReply(String requestId, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!replies.containsKey(requestId)) {
      if (!pause(deadline)) {
        return null;
      }
    }
    return replies.get(requestId);
  }

  /** Waits until nothing is in flight. */
  synchronized boolean awaitQuiet(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (trainings() > 0 || unanswered() > 0) {
      if (!pause(deadline)) {
        return false;
      }
    }
    return true;
  }

  /** Models that are trained now. */
  synchronized List<ModelMetadata> trained() {
    return models.values().stream()
        .filter(model -> model.getStatus() == ModelStatus.TRAINED)
        .toList();
  }

  /** Waits until every reader has found nothing new several times. */
  synchronized boolean awaitCaughtUp(Duration patience) {
    emptyPolls.values().forEach(count -> count.set(0));
    long deadline = System.nanoTime() + patience.toNanos();
    while (emptyPolls.values().stream().anyMatch(count -> count.get() < 10)) {
      if (!pause(deadline)) {
        return false;
      }
    }
    return true;
  }

  synchronized long observations() {
    return observations;
  }

  @Override
  public void close() {
    closed = true;
    for (Thread reader : readers) {
      try {
        reader.join(3000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
