package io.relook.schemas.operation;

import java.util.Optional;

/** A rule for one command. */
@FunctionalInterface
public interface Check {

  /** Why the command breaks the rule, as a sentence. */
  Optional<String> violation();
}
