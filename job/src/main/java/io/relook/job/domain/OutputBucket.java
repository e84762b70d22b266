package io.relook.job.domain;

/**
 * What was found when the output bucket of a CreateModel was probed.
 *
 * @param message a sentence that says what to do; empty when the bucket is writable
 */
public record OutputBucket(Verdict verdict, String message) {

  /** The outcome of a probe. */
  public enum Verdict {
    /** Exists, in the right region, and takes objects under the prefix. */
    WRITABLE,
    /** There is no such bucket. */
    MISSING,
    /** The bucket is in another region than the job's. */
    OTHER_REGION,
    /** The store refuses writing. */
    FORBIDDEN,
    /** The store did not answer in time. */
    UNREACHABLE
  }

  /** What a bucket is taken for that was not probed. */
  public static final OutputBucket ASSUMED_WRITABLE = new OutputBucket(Verdict.WRITABLE, "");
}
