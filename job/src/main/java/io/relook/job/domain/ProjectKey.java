package io.relook.job.domain;

/** How a project's data set is keyed, in state and in relook's own bucket. */
public final class ProjectKey {

  private ProjectKey() {}

  public static String of(String account, String project) {
    return account + "/" + project;
  }
}
