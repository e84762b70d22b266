package io.relook.schemas.operation;

import java.util.stream.Stream;

/**
 * An operation of the schema that this version of relook does not serve.
 *
 * @param name its name in the API
 */
public record NotServedOperation(String name) implements Operation {

  @Override
  public String project() {
    return "";
  }

  @Override
  public Stream<Check> checks() {
    return Stream.empty();
  }

  @Override
  public <R> R accept(Handler<R> handler) {
    return handler.notServed(name);
  }
}
