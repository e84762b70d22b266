package io.relook.schemas.operation;

import io.relook.wire.CreateDataset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** CreateDataset: creates a data set, empty or from a manifest. */
public record CreateDatasetOperation(CreateDataset body) implements Operation {

  @Override
  public String name() {
    return "CreateDataset";
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
    return Optional.of(Fingerprint.of(body.getDatasetType().name(), body.getGroundTruthManifest()));
  }

  @Override
  public Stream<Check> checks() {
    return Stream.concat(
        Checks.named(body.getProjectName(), body.getClientToken()),
        Checks.object(
            "DatasetSource.GroundTruthManifest.S3Object.", body.getGroundTruthManifest()));
  }

  @Override
  public List<NamedLocation> inputs() {
    return Optional.ofNullable(body.getGroundTruthManifest())
        .map(
            object ->
                List.of(new NamedLocation("DatasetSource.GroundTruthManifest.S3Object", object)))
        .orElse(List.of());
  }

  @Override
  public <R> R accept(Handler<R> handler) {
    return handler.createDataset(body);
  }
}
