package io.relook.job.dataset;

/** How a project's data set is keyed, in state and in relook's own bucket. */
public final class DatasetKey {

  private DatasetKey() {}

  public static String of(String account, String project) {
    return account + "/" + project;
  }
}
