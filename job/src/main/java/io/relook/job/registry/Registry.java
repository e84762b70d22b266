package io.relook.job.registry;

import io.relook.job.domain.Arns;
import io.relook.job.operation.ApiExceptions;
import io.relook.job.operation.CommandRules;
import io.relook.job.operation.Request;
import io.relook.wire.CommandReply;
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
import io.relook.wire.UpdateDatasetEntries;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of a command, of a training's end and of news about a data set: {@code
 * (input, state) → announcements}.
 *
 * <p>Order of checks: syntax, the caller's permission, the client token, the request rate; then the
 * operation's own, in the order existence, conflicts, output bucket, quotas. A repeat of a client
 * token within {@link #MEMORY} of record time gets the first answer again, whatever changed since;
 * a refusal is not remembered. Times are those of records, never of a clock, so what is read again
 * after a crash is decided alike. A replay with empty state is not: there all commands come before
 * the ends of the trainings they start.
 */
public final class Registry {

  /** How long a client token makes repeats one call (API: CreateModel, ClientToken). */
  public static final Duration MEMORY = Duration.ofHours(8);

  private static final long RATE_WINDOW_MILLIS = 1_000;

  private final RegistrySettings settings;
  private final Projects projects;
  private final Datasets datasets;
  private final ModelVersions models;

  public Registry(RegistrySettings settings) {
    Arns arns = new Arns(settings.region());
    this.settings = settings;
    this.projects = new Projects(arns, settings.imagePartitions());
    this.datasets = new Datasets(arns, settings.imagePartitions());
    this.models =
        new ModelVersions(
            arns, datasets, settings.imagePartitions(), settings.quotas().concurrentTrainings());
  }

  /** Judges a command. */
  List<RegistryEffect> judge(AccountState state, Request request) {
    Optional<ServiceException> unacceptable =
        CommandRules.violation(request.command())
            .map(ApiExceptions::validation)
            .or(() -> forbidden(request));
    if (unacceptable.isPresent()) {
      return request.refused(unacceptable.get());
    }
    state.forgetBefore(request.timestamp() - MEMORY.toMillis());
    Object body = request.command().getBody();
    if (body instanceof CreateProject c) {
      return once(state, request, c.getClientToken(), () -> projects.create(state, request));
    }
    if (body instanceof DeleteProject c) {
      return once(state, request, c.getClientToken(), () -> projects.delete(state, request));
    }
    if (body instanceof CreateDataset c) {
      return once(state, request, c.getClientToken(), () -> datasets.create(state, request, c));
    }
    if (body instanceof UpdateDatasetEntries c) {
      return once(state, request, c.getClientToken(), () -> datasets.update(state, request, c));
    }
    if (body instanceof DeleteDataset c) {
      return once(state, request, c.getClientToken(), () -> datasets.delete(state, request, c));
    }
    if (body instanceof CreateModel c) {
      return once(state, request, c.getClientToken(), () -> models.create(state, request, c));
    }
    if (body instanceof DeleteModel c) {
      return once(state, request, c.getClientToken(), () -> models.delete(state, request, c));
    }
    // The API gives these two no client token: repeating them changes nothing.
    if (body instanceof TagResource c) {
      return rated(state, request, () -> models.tag(state, request, c));
    }
    if (body instanceof UntagResource c) {
      return rated(state, request, () -> models.untag(state, request, c));
    }
    return request.refused(
        ApiExceptions.validation(
            request.operation() + " is not served by this version of relook."));
  }

  /** Takes note of a training's end. Only the first end of a training counts. */
  List<RegistryEffect> ended(AccountState state, TrainingOutcome outcome) {
    return models.ended(state, outcome);
  }

  /**
   * Takes note of what became of a data set.
   *
   * @param at record time of the news
   */
  List<RegistryEffect> became(AccountState state, DatasetOutcome outcome, Instant at) {
    return datasets.became(state, outcome, at);
  }

  private Optional<ServiceException> forbidden(Request request) {
    boolean tagging =
        request.command().getBody() instanceof CreateModel create && !create.getTags().isEmpty();
    return Stream.of(request.operation(), tagging ? "TagResource" : request.operation())
        .filter(
            operation ->
                !settings
                    .permissions()
                    .allow(
                        request.account(),
                        request.command().getCaller(),
                        operation,
                        request.project()))
        .findFirst()
        .map(
            operation ->
                ApiExceptions.accessDenied(
                    "The caller "
                        + (request.command().getCaller() == null
                            ? "(none was named)"
                            : "'" + request.command().getCaller() + "'")
                        + " may not do "
                        + operation
                        + " on the project '"
                        + request.project()
                        + "'"
                        + (operation.equals(request.operation())
                            ? ""
                            : ", which CreateModel with Tags needs")
                        + ": ask for a statement in the job's access policy that allows it."));
  }

  /** Runs an operation unless its client token has been answered or too many came before. */
  private List<RegistryEffect> once(
      AccountState state,
      Request request,
      @Nullable String clientToken,
      Supplier<List<RegistryEffect>> operation) {
    String scopedToken = ClientTokens.scoped(request, clientToken);
    String fingerprint = ClientTokens.fingerprint(request.command().getBody());
    Optional<FirstReply> before =
        state
            .answered(scopedToken)
            .filter(a -> request.timestamp() - a.timestamp() < MEMORY.toMillis());
    if (before.isPresent()) {
      return before.get().fingerprint().equals(fingerprint)
          ? request.again(before.get().reply())
          : request.refused(
              ApiExceptions.conflict(
                  (clientToken == null
                          ? "requestId is '" + request.requestId() + "', which"
                          : "ClientToken is '" + clientToken + "', which")
                      + " was used within the last 8 hours for "
                      + request.operation()
                      + " with other parameters: send a new token for a new call, or the same"
                      + " parameters to get the first answer again.",
                  request.project(),
                  ResourceType.PROJECT));
    }
    List<RegistryEffect> announcements = rated(state, request, operation);
    for (RegistryEffect announcement : announcements) {
      if (announcement instanceof RegistryEffect.Reply reply) {
        CommandReply answer = reply.reply();
        if (answer.getError() == null) {
          state.remember(scopedToken, new FirstReply(fingerprint, answer, request.timestamp()));
        }
      }
    }
    return announcements;
  }

  /** Runs an operation unless too many of its kind came within the last second. */
  private List<RegistryEffect> rated(
      AccountState state, Request request, Supplier<List<RegistryEffect>> operation) {
    List<Long> recent = new ArrayList<>(state.requests(request.operation()));
    recent.removeIf(at -> request.timestamp() - at >= RATE_WINDOW_MILLIS);
    if (recent.size() >= settings.quotas().requestsPerSecond()) {
      return request.refused(
          ApiExceptions.throttling(
              "More than "
                  + settings.quotas().requestsPerSecond()
                  + " requests of "
                  + request.operation()
                  + " came within a second: send the same request again, with the same client"
                  + " token, after RetryAfterSeconds."));
    }
    recent.add(request.timestamp());
    state.putRequests(request.operation(), recent);
    return operation.get();
  }
}
