package io.relook.schemas.operation;

import io.relook.wire.DeleteDataset;
import java.util.Optional;
import java.util.stream.Stream;

/** DeleteDataset: deletes a data set and its images. */
public record DeleteDatasetOperation(DeleteDataset body) implements Operation {

  @Override
  public String name() {
    return "DeleteDataset";
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
    return Optional.of(Fingerprint.of(body.getDatasetType().name()));
  }

  @Override
  public Stream<Check> checks() {
    return Checks.named(body.getProjectName(), body.getClientToken());
  }

  @Override
  public <R> R accept(Handler<R> handler) {
    return handler.deleteDataset(body);
  }
}
