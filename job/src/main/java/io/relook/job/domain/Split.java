package io.relook.job.domain;

/** The two parts of a data set. */
public enum Split {
  /** Learned from. */
  TRAIN,
  /** Measured on. */
  TEST
}
