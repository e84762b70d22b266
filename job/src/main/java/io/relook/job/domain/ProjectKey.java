package io.relook.job.domain;

/** Key of a project's data set, in state and in relook's own bucket. */
public final class ProjectKey {

  private ProjectKey() {}

  /** The key, which is account/project. */
  public static String of(String account, String project) {
    return account + "/" + project;
  }
}
