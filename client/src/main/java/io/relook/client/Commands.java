package io.relook.client;

import io.relook.client.RelookException.Kind;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Sends commands and waits for their replies. Safe for use by many threads.
 *
 * <p>One thread of this object reads the replies. It starts at a position that is fixed before the
 * first command can be sent, so no reply is missed. A reply may also be an error: see {@link
 * CommandReply#getError()}.
 */
public final class Commands implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);

  private final KafkaClients kafka;
  private final String account;
  private final Optional<String> caller;
  private final Clock clock;
  private final Supplier<String> ids;
  private final TopicReader replies;
  private final Producer<String, byte[]> producer;
  private final MessageCodec codec = MessageCodec.standard();
  private final Map<String, CompletableFuture<CommandReply>> waiting = new ConcurrentHashMap<>();
  private final Thread reading;
  private volatile boolean closed;

  private Commands(
      KafkaClients kafka,
      String account,
      Optional<String> caller,
      Clock clock,
      Supplier<String> ids,
      TopicReader replies,
      Producer<String, byte[]> producer) {
    this.kafka = kafka;
    this.account = account;
    this.caller = caller;
    this.clock = clock;
    this.ids = ids;
    this.replies = replies;
    this.producer = producer;
    this.reading = new Thread(this::readReplies, "relook-replies");
    this.reading.setDaemon(true);
  }

  static Commands open(
      KafkaClients kafka,
      String account,
      Optional<String> caller,
      Clock clock,
      Supplier<String> ids) {
    TopicReader replies = TopicReader.open(kafka, Topic.REPLIES, TopicReader.From.END);
    Producer<String, byte[]> producer = kafka.producer(Topic.COMMANDS.maxMessageBytes());
    Commands commands = new Commands(kafka, account, caller, clock, ids, replies, producer);
    commands.reading.start();
    return commands;
  }

  /** A command of the connection's account and caller with a new request identifier. */
  public Command command(SpecificRecord body) {
    return Command.newBuilder()
        .setRequestId(ids.get())
        .setAccount(account)
        .setCaller(caller.orElse(null))
        .setRequestedAt(clock.instant())
        .setBody(body)
        .build();
  }

  /** As {@link #send(Command, Duration)} with the connection's time-out. */
  public CompletableFuture<CommandReply> send(Command command) {
    return send(command, kafka.timeout());
  }

  /**
   * Sends a command. The future ends with its reply or with a {@link RelookException}. Its kind is
   * {@link Kind#UNREACHABLE} when no reply came in time. Then the command may still be carried out:
   * send it again with the same client token to find out.
   *
   * @throws IllegalArgumentException when the command has no request identifier, or a command with
   *     the same one waits for its reply
   */
  public CompletableFuture<CommandReply> send(Command command, Duration timeout) {
    String requestId = command.getRequestId();
    if (requestId == null || requestId.isEmpty()) {
      throw new IllegalArgumentException(
          "A command needs a request id, since its reply is found by it.");
    }
    CompletableFuture<CommandReply> reply = new CompletableFuture<>();
    if (waiting.putIfAbsent(requestId, reply) != null) {
      throw new IllegalArgumentException(
          "A command with the request id " + requestId + " is waiting for its reply.");
    }
    // Checked after the command waits: either the reading thread ends it, or it is not sent.
    if (closed) {
      waiting.remove(requestId);
      return CompletableFuture.failedFuture(noLongerRead());
    }
    try {
      producer.send(
          new ProducerRecord<>(
              kafka.topic(Topic.COMMANDS), Topic.COMMANDS.key(command), codec.encode(command)),
          (metadata, failure) -> {
            if (failure != null) {
              reply.completeExceptionally(kafka.failure("Sending a command", failure));
            }
          });
    } catch (KafkaException e) {
      reply.completeExceptionally(kafka.failure("Sending a command", e));
    } catch (IllegalStateException e) {
      // The producer was closed in the meantime.
      reply.completeExceptionally(noLongerRead());
    }
    return reply
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((answer, failure) -> waiting.remove(requestId))
        .exceptionally(
            failure -> {
              Throwable cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              if (cause instanceof TimeoutException) {
                throw new RelookException(
                    Kind.UNREACHABLE,
                    ("No reply to %s came within %d ms: check that the job runs. The command may still "
                            + "be carried out: send it again with the same client token.")
                        .formatted(
                            ((SpecificRecord) command.getBody()).getSchema().getName(),
                            timeout.toMillis()),
                    cause);
              }
              throw new CompletionException(cause);
            });
  }

  private static RelookException noLongerRead() {
    return new RelookException(Kind.FAILED, "Replies are no longer read: open the commands again.");
  }

  private void readReplies() {
    try {
      while (!closed) {
        for (TopicReader.Message message : replies.poll(POLL)) {
          message
              .decoded()
              .map(CommandReply.class::cast)
              .ifPresent(
                  reply -> {
                    CompletableFuture<CommandReply> waits = waiting.get(reply.getRequestId());
                    if (waits != null) {
                      waits.complete(reply);
                    }
                  });
        }
      }
    } catch (RuntimeException e) {
      closed = true;
      RelookException ended =
          e instanceof RelookException known
              ? known
              : new RelookException(Kind.FAILED, "Reading replies failed: " + e, e);
      waiting.values().forEach(waits -> waits.completeExceptionally(ended));
    } finally {
      replies.close();
    }
  }

  /** Ends the wait for all replies with a failure. */
  @Override
  public void close() {
    closed = true;
    replies.wakeup();
    producer.close(kafka.timeout());
    RelookException gone = new RelookException(Kind.FAILED, "Closed before the reply came.");
    waiting.values().forEach(waits -> waits.completeExceptionally(gone));
    try {
      reading.join(kafka.timeout().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
