package io.relook.schemas.operation;

import io.relook.wire.DeleteModel;
import java.util.Optional;
import java.util.stream.Stream;

/** DeleteModel: deletes a version of a model and its files. */
public record DeleteModelOperation(DeleteModel body) implements Operation {

  @Override
  public String name() {
    return "DeleteModel";
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
    return Optional.of(Fingerprint.of(body.getModelVersion()));
  }

  @Override
  public Stream<Check> checks() {
    return Stream.concat(
        Checks.named(body.getProjectName(), body.getClientToken()),
        Stream.of(() -> MemberRule.MODEL_VERSION.violation(body.getModelVersion())));
  }

  @Override
  public <R> R accept(Handler<R> handler) {
    return handler.deleteModel(body);
  }
}
