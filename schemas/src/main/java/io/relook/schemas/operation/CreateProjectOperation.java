package io.relook.schemas.operation;

import io.relook.schemas.Sha256;
import io.relook.wire.CreateProject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;

/** CreateProject: creates a project without data sets and models. */
public record CreateProjectOperation(CreateProject body) implements Operation {

  @Override
  public String name() {
    return "CreateProject";
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
    return Optional.of(Sha256.hex(body.getProjectName().getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public Stream<Check> checks() {
    return Checks.named(body.getProjectName(), body.getClientToken());
  }

  @Override
  public <R> R accept(Handler<R> handler) {
    return handler.createProject(body);
  }
}
