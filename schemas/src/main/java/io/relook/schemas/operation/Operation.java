package io.relook.schemas.operation;

import io.relook.wire.AbandonTraining;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.S3Location;
import io.relook.wire.TagResource;
import io.relook.wire.UntagResource;
import io.relook.wire.UpdateActiveModelVersion;
import io.relook.wire.UpdateDatasetEntries;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * An operation of the API with its parameters: what every stage needs to know of it. A new
 * operation is one new class here and one line in {@link #BY_BODY}; the compiler then names each
 * {@link Handler} that does not handle it.
 */
public sealed interface Operation
    permits CreateProjectOperation,
        DeleteProjectOperation,
        CreateDatasetOperation,
        UpdateDatasetEntriesOperation,
        DeleteDatasetOperation,
        CreateModelOperation,
        DeleteModelOperation,
        AbandonTrainingOperation,
        UpdateActiveModelVersionOperation,
        TagResourceOperation,
        UntagResourceOperation,
        NotServedOperation {

  /** The operation of each record that a command can hold. */
  Map<Class<?>, Function<Object, Operation>> BY_BODY =
      Map.ofEntries(
          entry(CreateProject.class, CreateProjectOperation::new),
          entry(DeleteProject.class, DeleteProjectOperation::new),
          entry(CreateDataset.class, CreateDatasetOperation::new),
          entry(UpdateDatasetEntries.class, UpdateDatasetEntriesOperation::new),
          entry(DeleteDataset.class, DeleteDatasetOperation::new),
          entry(CreateModel.class, CreateModelOperation::new),
          entry(DeleteModel.class, DeleteModelOperation::new),
          entry(AbandonTraining.class, AbandonTrainingOperation::new),
          entry(UpdateActiveModelVersion.class, UpdateActiveModelVersionOperation::new),
          entry(TagResource.class, TagResourceOperation::new),
          entry(UntagResource.class, UntagResourceOperation::new));

  private static <T> Map.Entry<Class<?>, Function<Object, Operation>> entry(
      Class<T> body, Function<T, Operation> operation) {
    return Map.entry(body, given -> operation.apply(body.cast(given)));
  }

  /**
   * The operation of a command.
   *
   * @param body the record that the command holds
   */
  static Operation of(Object body) {
    return BY_BODY
        .getOrDefault(
            body.getClass(), unknown -> new NotServedOperation(body.getClass().getSimpleName()))
        .apply(body);
  }

  /** Its name in the API. */
  String name();

  /** The project that it is about; empty when it names none. */
  String project();

  /** The client token that its sender gave. */
  default Optional<String> clientToken() {
    return Optional.empty();
  }

  /**
   * SHA-256 over the parameters, in hexadecimal: repeats with the same client token must have the
   * same fingerprint. Empty for an operation without a client token.
   */
  default Optional<String> fingerprint() {
    return Optional.empty();
  }

  /** The rules of its members, in the order in which they are checked. */
  Stream<Check> checks();

  /** Names of the operations that its caller must be allowed to do. */
  default List<String> permissions() {
    return List.of(name());
  }

  /** The objects that it has read. */
  default List<NamedLocation> inputs() {
    return List.of();
  }

  /** Where it writes files for the customer. */
  default Optional<S3Location> outputLocation() {
    return Optional.empty();
  }

  /** Calls the method of the handler that is named like this operation. */
  <R> R accept(Handler<R> handler);

  /**
   * What a stage does with each operation.
   *
   * @param <R> what comes of it
   */
  interface Handler<R> {
    R createProject(CreateProject body);

    R deleteProject(DeleteProject body);

    R createDataset(CreateDataset body);

    R updateDatasetEntries(UpdateDatasetEntries body);

    R deleteDataset(DeleteDataset body);

    R createModel(CreateModel body);

    R deleteModel(DeleteModel body);

    R abandonTraining(AbandonTraining body);

    R updateActiveModelVersion(UpdateActiveModelVersion body);

    R tagResource(TagResource body);

    R untagResource(UntagResource body);

    /** An operation that this version does not serve. */
    R notServed(String name);
  }
}
