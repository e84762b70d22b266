package io.relook.cluster;

import java.util.Optional;

/** Which pipelines a job has: both, or one of the two. */
public enum JobKind {
  BOTH("relook"),
  CONTROL("relook-control"),
  DATA("relook-data");

  private final String jobName;

  JobKind(String jobName) {
    this.jobName = jobName;
  }

  /** Name of the job on the cluster and of its folder. */
  public String jobName() {
    return jobName;
  }

  static Optional<JobKind> named(String jobName) {
    for (JobKind kind : values()) {
      if (kind.jobName.equals(jobName)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
