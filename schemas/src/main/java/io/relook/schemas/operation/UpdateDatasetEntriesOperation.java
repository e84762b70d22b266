package io.relook.schemas.operation;

import io.relook.wire.UpdateDatasetEntries;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** UpdateDatasetEntries: imports a manifest of new and changed images into a data set. */
public record UpdateDatasetEntriesOperation(UpdateDatasetEntries body) implements Operation {

  @Override
  public String name() {
    return "UpdateDatasetEntries";
  }

  @Override
  public String project() {
    return body.getProjectName();
  }

  @Override
  public Optional<String> clientToken() {
    return Optional.ofNullable(body.getClientToken());
  }

  @Override
  public Optional<String> fingerprint() {
    return Optional.of(Fingerprint.of(body.getDatasetType().name(), body.getChanges()));
  }

  @Override
  public Stream<Check> checks() {
    return Stream.concat(
        Checks.named(body.getProjectName(), body.getClientToken()),
        Checks.object("Changes.", body.getChanges()));
  }

  @Override
  public List<NamedLocation> inputs() {
    return List.of(new NamedLocation("Changes", body.getChanges()));
  }

  @Override
  public <R> R accept(Handler<R> handler) {
    return handler.updateDatasetEntries(body);
  }
}
