package io.relook.schemas.operation;

import io.relook.wire.DeleteProject;
import java.util.Optional;
import java.util.stream.Stream;

/** DeleteProject: deletes a project that has no models and data sets. */
public record DeleteProjectOperation(DeleteProject body) implements Operation {

  @Override
  public String name() {
    return "DeleteProject";
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
    return Optional.of(Fingerprint.of(body.getProjectName()));
  }

  @Override
  public Stream<Check> checks() {
    return Checks.named(body.getProjectName(), body.getClientToken());
  }

  @Override
  public <R> R accept(Handler<R> handler) {
    return handler.deleteProject(body);
  }
}
