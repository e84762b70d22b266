package io.relook.schemas.operation;

import io.relook.wire.AbandonTraining;
import java.util.Optional;
import java.util.stream.Stream;

/** AbandonTraining: ends the training of a version whose end does not come; relook's own. */
public record AbandonTrainingOperation(AbandonTraining body) implements Operation {

  @Override
  public String name() {
    return "AbandonTraining";
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
    return handler.abandonTraining(body);
  }
}
