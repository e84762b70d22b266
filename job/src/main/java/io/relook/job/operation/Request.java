package io.relook.job.operation;

import io.relook.job.domain.Arns;
import io.relook.job.domain.OutputBucket;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.registry.RegistryEffect;
import io.relook.schemas.Excerpt;
import io.relook.schemas.NameLengths;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.CutMarker;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.ServiceException;
import io.relook.wire.TagResource;
import io.relook.wire.UntagResource;
import io.relook.wire.UpdateDatasetEntries;
import java.time.Instant;
import java.util.List;

/**
 * A command, its place in the log, and what it asks about the world.
 *
 * @param outputBucket what a probe of its output bucket found
 */
public record Request(Command command, KafkaRecord origin, OutputBucket outputBucket) {

  public String account() {
    return command.getAccount();
  }

  /** The id that its sender gave; its place in the log without one that a reply can bear. */
  public String requestId() {
    String given = command.getRequestId();
    return given == null || !CommandRules.isRequestId(given) ? origin.place() : given;
  }

  public String operation() {
    return command.getBody().getClass().getSimpleName();
  }

  /** Project that the command is about; empty when it names none that can be one. */
  public String project() {
    Object body = command.getBody();
    if (body instanceof CreateProject c) {
      return c.getProjectName();
    }
    if (body instanceof DeleteProject c) {
      return c.getProjectName();
    }
    if (body instanceof CreateDataset c) {
      return c.getProjectName();
    }
    if (body instanceof UpdateDatasetEntries c) {
      return c.getProjectName();
    }
    if (body instanceof DeleteDataset c) {
      return c.getProjectName();
    }
    if (body instanceof CreateModel c) {
      return c.getProjectName();
    }
    if (body instanceof DeleteModel c) {
      return c.getProjectName();
    }
    if (body instanceof TagResource c) {
      return Arns.projectOfModel(c.getResourceArn());
    }
    if (body instanceof UntagResource c) {
      return Arns.projectOfModel(c.getResourceArn());
    }
    return "";
  }

  public long timestamp() {
    return origin.timestamp();
  }

  public Instant time() {
    return Instant.ofEpochMilli(origin.timestamp());
  }

  public RegistryEffect answered(Object answer) {
    return new RegistryEffect.Reply(reply().setAnswer(answer).build());
  }

  public List<RegistryEffect> refused(ServiceException error) {
    return List.of(new RegistryEffect.Reply(failed(error)));
  }

  public CommandReply failed(ServiceException error) {
    return reply().setError(error).build();
  }

  /** The first answer again, to this request. */
  public List<RegistryEffect> again(CommandReply first) {
    return List.of(
        new RegistryEffect.Reply(reply().setAnswer(first.getAnswer()).setReplayed(true).build()));
  }

  /** The cut of this command. */
  public CutMarker.Builder cut(int partitions) {
    return CutMarker.newBuilder()
        .setAccount(account())
        .setProject(project())
        .setCutId(origin.place())
        .setPartition(0)
        .setPartitions(partitions)
        .setAdmittedAt(time())
        .setCommand(command.getBody());
  }

  private CommandReply.Builder reply() {
    return CommandReply.newBuilder()
        .setRequestId(requestId())
        // Nobody judged it yet when the command is refused for it.
        .setAccount(Excerpt.of(account(), NameLengths.ACCOUNT))
        .setOperation(operation())
        .setCommandTopic(origin.topic())
        .setCommandPartition(origin.partition())
        .setCommandOffset(origin.offset())
        .setCommandTimestamp(time());
  }
}
