package io.relook.schemas.operation;

import io.relook.wire.UpdateActiveModelVersion;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * UpdateActiveModelVersion: makes a trained version the active one of its project. Named as in
 * Amazon Lookout for Equipment; ExpectedActiveVersion is relook's own.
 */
public record UpdateActiveModelVersionOperation(UpdateActiveModelVersion body)
    implements Operation {

  @Override
  public String name() {
    return "UpdateActiveModelVersion";
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
    return Optional.of(
        Fingerprint.of(Arrays.asList(body.getModelVersion(), body.getExpectedActiveVersion())));
  }

  @Override
  public Stream<Check> checks() {
    return Stream.concat(
        Checks.named(body.getProjectName(), body.getClientToken()),
        Stream.of(
            () -> MemberRule.MODEL_VERSION.violation(body.getModelVersion()),
            () ->
                Optional.ofNullable(body.getExpectedActiveVersion())
                    .flatMap(MemberRule.EXPECTED_ACTIVE_VERSION::violation)));
  }

  @Override
  public <R> R accept(Handler<R> handler) {
    return handler.updateActiveModelVersion(body);
  }
}
