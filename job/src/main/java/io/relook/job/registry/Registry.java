package io.relook.job.registry;

import io.relook.job.domain.Request;
import io.relook.schemas.Arns;
import io.relook.schemas.operation.ApiExceptions;
import io.relook.schemas.operation.Operation;
import io.relook.wire.AbandonTraining;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.ResourceType;
import io.relook.wire.ServiceException;
import io.relook.wire.TagResource;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.UntagResource;
import io.relook.wire.UpdateActiveModelVersion;
import io.relook.wire.UpdateDatasetEntries;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides what a command, the end of a training, or a report about a data set leads to: {@code
 * (input, state) → effects}.
 *
 * <p>Order of checks: syntax, the caller's permission, the locations that the command names, the
 * client token, the request rate; then the operation's own, in the order existence, conflicts,
 * output bucket, quotas. A repeat of a client token within {@link #MEMORY} of record time gets the
 * first answer again, whatever changed since; an exception is not remembered. Times are record
 * times, never those of a clock, so records that are read again after a crash lead to the same
 * decisions. A replay with empty state can decide otherwise: there all commands come before the
 * ends of the trainings that they start.
 */
public final class Registry {

  /** How long a repeated client token means the same call (API: CreateModel, ClientToken). */
  public static final Duration MEMORY = Duration.ofHours(8);

  private static final long RATE_WINDOW_MILLIS = 1_000;

  private final RegistrySettings settings;
  private final Projects projects;
  private final Datasets datasets;
  private final ModelVersions models;
  private final Activations activations;

  public Registry(RegistrySettings settings) {
    Arns arns = new Arns(settings.region());
    this.settings = settings;
    Cuts cuts = new Cuts(settings.imagePartitions());
    this.projects = new Projects(arns, cuts);
    this.datasets = new Datasets(arns, cuts);
    this.models = new ModelVersions(arns, datasets, cuts, settings.quotas().concurrentTrainings());
    this.activations = new Activations(arns);
  }

  /** Handles a command. */
  List<RegistryEffect> handle(AccountState state, Request request) {
    Optional<ServiceException> refusal = settings.access().refusal(request.command());
    if (refusal.isPresent()) {
      return RegistryEffect.failure(request, refusal.get());
    }
    state.forgetBefore(request.timestamp() - MEMORY.toMillis());
    Operation operation = request.operation();
    Optional<String> fingerprint = operation.fingerprint();
    return fingerprint.isPresent()
        ? once(state, request, fingerprint.get())
        : rated(state, request);
  }

  /** Handles the end of a training. Only its first end counts. */
  List<RegistryEffect> onTrainingOutcome(AccountState state, TrainingOutcome outcome) {
    return models.onTrainingOutcome(state, outcome);
  }

  /**
   * Handles a report of a data set.
   *
   * @param at record time of the report
   */
  List<RegistryEffect> onDatasetOutcome(AccountState state, DatasetOutcome outcome, Instant at) {
    return datasets.onDatasetOutcome(state, outcome, at);
  }

  /** Runs an operation unless its client token was answered before. */
  private List<RegistryEffect> once(AccountState state, Request request, String fingerprint) {
    String scopedToken = ClientTokens.scoped(request);
    Optional<FirstReply> before =
        state
            .answered(scopedToken)
            .filter(a -> request.timestamp() - a.timestamp() < MEMORY.toMillis());
    if (before.isPresent()) {
      return before.get().fingerprint().equals(fingerprint)
          ? List.of(new RegistryEffect.Reply(request.repeat(before.get().reply())))
          : RegistryEffect.failure(request, otherParameters(request));
    }
    List<RegistryEffect> effects = rated(state, request);
    for (RegistryEffect effect : effects) {
      if (effect instanceof RegistryEffect.Reply reply && reply.reply().getError() == null) {
        state.remember(
            scopedToken, new FirstReply(fingerprint, reply.reply(), request.timestamp()));
      }
    }
    return effects;
  }

  private static ServiceException otherParameters(Request request) {
    return ApiExceptions.conflict(
        request
                .operation()
                .clientToken()
                .map(token -> "ClientToken is '" + token + "'")
                .orElseGet(() -> "requestId is '" + request.requestId() + "'")
            + ", which was used within the last 8 hours for "
            + request.operation().name()
            + " with other parameters: send a new token for a new call, or the same"
            + " parameters to get the first answer again.",
        request.project(),
        ResourceType.PROJECT);
  }

  /** Runs an operation unless too many of its kind came within the last second. */
  private List<RegistryEffect> rated(AccountState state, Request request) {
    String operation = request.operation().name();
    List<Long> recent = new ArrayList<>(state.requests(operation));
    // A later time is one of a broker whose clock was ahead: it would count until this one is
    // there.
    recent.removeIf(
        at -> at > request.timestamp() || request.timestamp() - at >= RATE_WINDOW_MILLIS);
    if (recent.size() >= settings.quotas().requestsPerSecond()) {
      return RegistryEffect.failure(
          request,
          ApiExceptions.throttling(
              "More than "
                  + settings.quotas().requestsPerSecond()
                  + " requests of "
                  + operation
                  + " came within a second: send the same request again, with the same client"
                  + " token, after RetryAfterSeconds."));
    }
    recent.add(request.timestamp());
    state.putRequests(operation, recent);
    return request.operation().accept(new Operations(state, request));
  }

  /** What the registry does with each operation, after the checks that all share. */
  private final class Operations implements Operation.Handler<List<RegistryEffect>> {
    private final AccountState state;
    private final Request request;

    Operations(AccountState state, Request request) {
      this.state = state;
      this.request = request;
    }

    @Override
    public List<RegistryEffect> createProject(CreateProject body) {
      return projects.create(state, request);
    }

    @Override
    public List<RegistryEffect> deleteProject(DeleteProject body) {
      return projects.delete(state, request);
    }

    @Override
    public List<RegistryEffect> createDataset(CreateDataset body) {
      return datasets.create(state, request, body);
    }

    @Override
    public List<RegistryEffect> updateDatasetEntries(UpdateDatasetEntries body) {
      return datasets.update(state, request, body);
    }

    @Override
    public List<RegistryEffect> deleteDataset(DeleteDataset body) {
      return datasets.delete(state, request, body);
    }

    @Override
    public List<RegistryEffect> createModel(CreateModel body) {
      return models.create(state, request, body);
    }

    @Override
    public List<RegistryEffect> deleteModel(DeleteModel body) {
      return models.delete(state, request, body);
    }

    @Override
    public List<RegistryEffect> abandonTraining(AbandonTraining body) {
      return models.abandon(state, request, body);
    }

    @Override
    public List<RegistryEffect> updateActiveModelVersion(UpdateActiveModelVersion body) {
      return activations.update(state, request, body);
    }

    @Override
    public List<RegistryEffect> tagResource(TagResource body) {
      return models.tag(state, request, body);
    }

    @Override
    public List<RegistryEffect> untagResource(UntagResource body) {
      return models.untag(state, request, body);
    }

    @Override
    public List<RegistryEffect> notServed(String name) {
      return RegistryEffect.failure(
          request, ApiExceptions.validation(name + " is not served by this version of relook."));
    }
  }
}
