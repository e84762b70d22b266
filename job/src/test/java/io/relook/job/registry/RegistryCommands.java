package io.relook.job.registry;

import static io.relook.job.registry.RegistryFixtures.ACCOUNT;
import static io.relook.job.registry.RegistryFixtures.NOON;
import static io.relook.job.registry.RegistryFixtures.standing;

import io.relook.job.domain.OutputBucket;
import io.relook.job.domain.Request;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetType;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ServiceException;
import io.relook.wire.TrainingOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A registry, what it remembers, and the log in front of it. */
final class RegistryCommands {
  final InMemoryAccountState state = new InMemoryAccountState();
  OutputBucket bucket = OutputBucket.ASSUMED_WRITABLE;
  @Nullable String caller;

  private final Registry registry;
  private long offset;
  private Instant now = NOON;

  RegistryCommands(RegistrySettings settings) {
    this.registry = new Registry(settings);
  }

  RegistryCommands() {
    this(RegistryFixtures.GENEROUS);
  }

  /** Sends a command to the registry. */
  List<RegistryEffect> send(Object body) {
    Command command =
        Command.newBuilder()
            .setAccount(ACCOUNT)
            .setCaller(caller)
            .setRequestedAt(now)
            .setBody(body)
            .build();
    return registry.handle(state, new Request(command, standing(offset++, now), bucket));
  }

  /** Where the last command stands. */
  String lastPlace() {
    return standing(offset - 1, now).place();
  }

  RegistryCommands later(Duration duration) {
    now = now.plus(duration);
    return this;
  }

  Instant now() {
    return now;
  }

  List<RegistryEffect> ended(TrainingOutcome outcome) {
    return registry.onTrainingOutcome(state, outcome);
  }

  List<RegistryEffect> imported(DatasetType type, String cutId, @Nullable String refusal) {
    return registry.onDatasetOutcome(
        state,
        outcome(type)
            .setCutId(cutId)
            .setKind(
                refusal == null ? DatasetOutcomeKind.IMPORTED : DatasetOutcomeKind.IMPORT_REFUSED)
            .setMessage(refusal == null ? "" : refusal)
            .build(),
        now);
  }

  /** Images began a data set after a deletion, if any, had been applied. */
  void began(DatasetType type, @Nullable String lastDeletion) {
    registry.onDatasetOutcome(
        state,
        outcome(type).setKind(DatasetOutcomeKind.BEGAN).setLastDeletion(lastDeletion).build(),
        now);
  }

  private DatasetOutcome.Builder outcome(DatasetType type) {
    return DatasetOutcome.newBuilder()
        .setAccount(ACCOUNT)
        .setProjectName("bolts")
        .setDatasetType(type)
        .setEndedAt(now);
  }

  static CommandReply reply(List<RegistryEffect> effects) {
    return ((RegistryEffect.Reply) effects.get(0)).reply();
  }

  /** The exception that answers a command. */
  static ServiceException exception(List<RegistryEffect> effects) {
    return Optional.ofNullable(reply(effects).getError()).orElseThrow();
  }

  /** The answer of a command that succeeded, with its type. */
  static <T> T answer(List<RegistryEffect> effects, Class<T> type) {
    return type.cast(
        Optional.ofNullable(reply(effects).getAnswer())
            .orElseThrow(() -> new AssertionError(reply(effects).getError())));
  }

  static List<ModelMetadata> models(List<RegistryEffect> effects) {
    return effects.stream()
        .flatMap(
            a ->
                a instanceof RegistryEffect.Model model
                    ? List.of(model.model()).stream()
                    : List.<ModelMetadata>of().stream())
        .toList();
  }

  static List<RegistryEffect.Cut> cuts(List<RegistryEffect> effects) {
    return effects.stream()
        .filter(RegistryEffect.Cut.class::isInstance)
        .map(RegistryEffect.Cut.class::cast)
        .toList();
  }
}
