package io.relook.schemas.access;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Says who may do what. */
@FunctionalInterface
public interface Permissions extends Serializable {

  /** Everybody may do everything. */
  Permissions ALL = (account, caller, operation, project) -> true;

  /**
   * Whether a caller may do an operation on a project.
   *
   * @param caller as the command names it; null when it names none
   */
  boolean allow(String account, @Nullable String caller, String operation, String project);
}
