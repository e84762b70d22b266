package io.relook.schemas.operation;

import io.relook.schemas.Arns;
import io.relook.wire.UntagResource;
import java.util.stream.Stream;

/**
 * UntagResource: removes tags of a model. It has no client token, because repeating it changes
 * nothing.
 */
public record UntagResourceOperation(UntagResource body) implements Operation {

  @Override
  public String name() {
    return "UntagResource";
  }

  @Override
  public String project() {
    return Arns.projectOfModel(body.getResourceArn());
  }

  @Override
  public Stream<Check> checks() {
    return Stream.of(
        () -> MemberRule.RESOURCE_ARN.violation(body.getResourceArn()),
        () -> Checks.tagKeys(body.getTagKeys()));
  }

  @Override
  public <R> R accept(Handler<R> handler) {
    return handler.untagResource(body);
  }
}
