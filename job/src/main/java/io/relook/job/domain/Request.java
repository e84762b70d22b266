package io.relook.job.domain;

import io.relook.job.kafka.KafkaRecord;
import io.relook.schemas.Excerpt;
import io.relook.schemas.NameLengths;
import io.relook.schemas.operation.CommandRules;
import io.relook.schemas.operation.Operation;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.ServiceException;
import java.time.Instant;

/**
 * A command, its place in the log, and what is known about its output bucket.
 *
 * @param command what its sender asks for
 * @param origin the message with the command
 * @param outputBucket result of probing its output bucket
 */
public record Request(Command command, KafkaRecord origin, OutputBucket outputBucket) {

  /** The account that sends it. */
  public String account() {
    return command.getAccount();
  }

  /** The id that its sender gave, or its place in the log when a reply cannot carry that id. */
  public String requestId() {
    String given = command.getRequestId();
    return given == null || !CommandRules.isRequestId(given) ? origin.place() : given;
  }

  /** The operation of the command. */
  public Operation operation() {
    return Operation.of(command.getBody());
  }

  /** Project of the command; empty when it names none. */
  public String project() {
    return operation().project();
  }

  /** Record time, in milliseconds since the epoch. */
  public long timestamp() {
    return origin.timestamp();
  }

  /** Record time. */
  public Instant time() {
    return Instant.ofEpochMilli(origin.timestamp());
  }

  /** The reply with a result. */
  public CommandReply answer(Object result) {
    return reply().setAnswer(result).build();
  }

  /** The reply with an exception. */
  public CommandReply failure(ServiceException error) {
    return reply().setError(error).build();
  }

  /** The reply that repeats the first answer. */
  public CommandReply repeat(CommandReply first) {
    return reply().setAnswer(first.getAnswer()).setReplayed(true).build();
  }

  private CommandReply.Builder reply() {
    return CommandReply.newBuilder()
        .setRequestId(requestId())
        // The account may be too long: this reply may say so.
        .setAccount(Excerpt.of(account(), NameLengths.ACCOUNT))
        .setOperation(operation().name())
        .setCommandTopic(origin.topic())
        .setCommandPartition(origin.partition())
        .setCommandOffset(origin.offset())
        .setCommandTimestamp(time());
  }
}
