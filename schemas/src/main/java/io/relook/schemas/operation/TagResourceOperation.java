package io.relook.schemas.operation;

import io.relook.schemas.Arns;
import io.relook.wire.TagResource;
import java.util.stream.Stream;

/**
 * TagResource: sets tags of a model. It has no client token, because repeating it changes nothing.
 */
public record TagResourceOperation(TagResource body) implements Operation {

  @Override
  public String name() {
    return "TagResource";
  }

  @Override
  public String project() {
    return Arns.projectOfModel(body.getResourceArn());
  }

  @Override
  public Stream<Check> checks() {
    return Stream.of(
        () -> MemberRule.RESOURCE_ARN.violation(body.getResourceArn()),
        () -> Checks.tags(body.getTags()));
  }

  @Override
  public <R> R accept(Handler<R> handler) {
    return handler.tagResource(body);
  }
}
