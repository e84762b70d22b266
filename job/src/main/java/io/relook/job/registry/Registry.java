package io.relook.job.registry;

import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.CutMarker;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.ProjectDescription;
import io.relook.wire.ProjectMetadata;
import io.relook.wire.ResourceType;
import io.relook.wire.ServiceException;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.TrainingSucceeded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides what becomes of a command or of a training's end: {@code (input, state) → announcements}.
 *
 * <p>Order of checks: syntax, then client token, then the operation's own. A repeat of a client
 * token within {@link #TOKEN_LIFETIME} of record time gets the first answer again, whatever changed
 * since; a refusal is not remembered. Everything is decided by record times, never by a clock, so a
 * replay decides alike.
 */
public final class Registry {

  /** How long a client token makes repeats one call (API: CreateModel, ClientToken). */
  public static final Duration TOKEN_LIFETIME = Duration.ofHours(8);

  /** Texts seen on the live service (spec: lookout-for-vision.md §5.2). */
  static final String BEING_TRAINED = "The model is being trained.";

  static final String TRAINED = "Training completed successfully.";

  private final Arns arns;
  private final int imagePartitions;

  /**
   * @param region region that appears in ARNs
   * @param imagePartitions number of partitions of the image topic
   */
  public Registry(String region, int imagePartitions) {
    this.arns = new Arns(region);
    this.imagePartitions = imagePartitions;
  }

  /**
   * Judges a command.
   *
   * @param origin where the command stands in its log
   */
  public List<Announcement> judge(AccountState state, Command command, KafkaRecord origin) {
    Request request = new Request(command, origin);
    Optional<String> violation = CommandRules.violation(command);
    if (violation.isPresent()) {
      return request.refused(error(ExceptionCode.ValidationException, violation.get()));
    }
    if (command.getBody() instanceof CreateProject create) {
      return once(
          state, request, create.getClientToken(), () -> createProject(state, request, create));
    }
    if (command.getBody() instanceof CreateModel create) {
      return once(
          state, request, create.getClientToken(), () -> createModel(state, request, create));
    }
    return request.refused(
        error(
            ExceptionCode.ValidationException,
            request.operation()
                + " is not served by this version of relook: it serves CreateProject and"
                + " CreateModel."));
  }

  /** Takes note of a training's end. Only the first end of a training counts. */
  public List<Announcement> ended(AccountState state, TrainingOutcome outcome) {
    Optional<ModelMetadata> known = state.model(outcome.getModelArn());
    if (known.isEmpty()) {
      // A replay can see the end before the command: the cut markers of the first run are still in
      // the image topic, and images are read beside commands.
      state.keepEarlyOutcome(outcome);
      return List.of();
    }
    ModelMetadata model = known.get();
    if (model.getStatus() != ModelStatus.TRAINING) {
      return List.of();
    }
    ModelMetadata after = after(model, outcome);
    state.put(after);
    return List.of(new Announcement.Model(after));
  }

  private List<Announcement> createProject(
      AccountState state, Request request, CreateProject create) {
    String name = create.getProjectName();
    String arn = arns.project(request.account(), name);
    if (state.project(name).isPresent()) {
      return request.refused(
          error(
              ExceptionCode.ConflictException,
              "The project " + name + " exists already: use it, or choose another name.",
              arn,
              ResourceType.PROJECT));
    }
    ProjectDescription project =
        ProjectDescription.newBuilder()
            .setAccount(request.account())
            .setProjectArn(arn)
            .setProjectName(name)
            .setCreationTimestamp(request.time())
            .build();
    state.put(new Project(project, 0));
    ProjectMetadata answer = new ProjectMetadata(arn, name, request.time());
    return List.of(
        new Announcement.Reply(request.answered(answer)), new Announcement.NewProject(project));
  }

  private List<Announcement> createModel(AccountState state, Request request, CreateModel create) {
    String name = create.getProjectName();
    Optional<Project> found = state.project(name);
    if (found.isEmpty()) {
      return request.refused(
          error(
              ExceptionCode.ResourceNotFoundException,
              "There is no project " + name + ": create it with CreateProject.",
              name,
              ResourceType.PROJECT));
    }
    int version = found.get().lastVersion() + 1;
    ModelMetadata model =
        ModelMetadata.newBuilder()
            .setAccount(request.account())
            .setProjectName(name)
            .setModelVersion(Integer.toString(version))
            .setModelArn(arns.model(request.account(), name, version))
            .setCreationTimestamp(request.time())
            .setDescription(create.getDescription())
            .setStatus(ModelStatus.TRAINING)
            .setStatusMessage(BEING_TRAINED)
            .setOutputConfig(create.getOutputConfig())
            .setKmsKeyId(create.getKmsKeyId())
            .setTags(create.getTags())
            .build();
    state.put(new Project(found.get().description(), version));
    state.put(model);
    CutMarker marker =
        CutMarker.newBuilder()
            .setAccount(request.account())
            .setProject(name)
            .setCutId(request.origin().place())
            .setPartition(0)
            .setPartitions(imagePartitions)
            .setAdmittedAt(request.time())
            .setCommand(create)
            .setModel(model)
            .build();
    List<Announcement> announcements = new ArrayList<>();
    announcements.add(new Announcement.Reply(request.answered(model)));
    announcements.add(new Announcement.Model(model));
    announcements.add(new Announcement.Cut(marker));
    state
        .takeEarlyOutcome(model.getModelArn())
        .ifPresent(outcome -> announcements.addAll(ended(state, outcome)));
    return List.copyOf(announcements);
  }

  private static ModelMetadata after(ModelMetadata model, TrainingOutcome outcome) {
    ModelMetadata.Builder after =
        ModelMetadata.newBuilder(model).setEvaluationEndTimestamp(outcome.getEndedAt());
    if (outcome.getOutcome() instanceof TrainingSucceeded succeeded) {
      return after
          .setStatus(ModelStatus.TRAINED)
          .setStatusMessage(TRAINED)
          .setPerformance(succeeded.getPerformance())
          .setEvaluationManifest(succeeded.getEvaluationManifest())
          .setEvaluationResult(succeeded.getEvaluationResult())
          .setModelFile(succeeded.getModelFile())
          .setTrainingManifest(succeeded.getTrainingManifest())
          .setReport(succeeded.getReport())
          .setProvenance(succeeded.getProvenance())
          .build();
    }
    TrainingFailed failed = (TrainingFailed) outcome.getOutcome();
    return after
        .setEvaluationEndTimestamp(null)
        .setStatus(ModelStatus.TRAINING_FAILED)
        .setStatusMessage(failed.getMessage())
        .build();
  }

  private interface Operation {
    List<Announcement> run();
  }

  /** Runs an operation unless its client token has been answered. */
  private List<Announcement> once(
      AccountState state, Request request, String clientToken, Operation operation) {
    state.forgetAnsweredBefore(request.timestamp() - TOKEN_LIFETIME.toMillis());
    String scopedToken = ClientTokens.scoped(request.command(), clientToken, request.requestId());
    String fingerprint = ClientTokens.fingerprint(request.command());
    Optional<Answered> before =
        state
            .answered(scopedToken)
            .filter(a -> request.timestamp() - a.timestamp() < TOKEN_LIFETIME.toMillis());
    if (before.isPresent()) {
      if (!before.get().fingerprint().equals(fingerprint)) {
        return request.refused(
            error(
                ExceptionCode.ConflictException,
                "The client token was used within the last 8 hours for "
                    + request.operation()
                    + " with other parameters: send a new token for a new call, or the same"
                    + " parameters to get the first answer again.",
                ClientTokens.projectName(request.command()),
                ResourceType.PROJECT));
      }
      return List.of(new Announcement.Reply(request.again(before.get().reply())));
    }
    List<Announcement> announcements = operation.run();
    for (Announcement announcement : announcements) {
      if (announcement instanceof Announcement.Reply reply && reply.reply().getError() == null) {
        state.remember(scopedToken, new Answered(fingerprint, reply.reply(), request.timestamp()));
      }
    }
    return announcements;
  }

  private static ServiceException error(ExceptionCode code, String message) {
    return ServiceException.newBuilder().setCode(code).setMessage(message).build();
  }

  private static ServiceException error(
      ExceptionCode code, String message, String resourceId, ResourceType type) {
    return ServiceException.newBuilder()
        .setCode(code)
        .setMessage(message)
        .setResourceId(resourceId)
        .setResourceType(type)
        .build();
  }

  /** A command and its place in the log. */
  private record Request(Command command, KafkaRecord origin) {

    String account() {
      return command.getAccount();
    }

    String requestId() {
      String given = command.getRequestId();
      return given == null ? origin.place() : given;
    }

    String operation() {
      return command.getBody().getClass().getSimpleName();
    }

    long timestamp() {
      return origin.timestamp();
    }

    Instant time() {
      return Instant.ofEpochMilli(origin.timestamp());
    }

    CommandReply answered(Object answer) {
      return reply().setAnswer(answer).build();
    }

    List<Announcement> refused(ServiceException error) {
      return List.of(new Announcement.Reply(reply().setAnswer(null).setError(error).build()));
    }

    CommandReply again(CommandReply first) {
      return reply().setAnswer(first.getAnswer()).setReplayed(true).build();
    }

    private CommandReply.Builder reply() {
      return CommandReply.newBuilder()
          .setRequestId(requestId())
          .setAccount(account())
          .setOperation(operation())
          .setCommandTopic(origin.topic())
          .setCommandPartition(origin.partition())
          .setCommandOffset(origin.offset())
          .setCommandTimestamp(time());
    }
  }
}
