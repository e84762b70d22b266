package io.relook.job.domain;

/**
 * Result of probing the output bucket of a CreateModel.
 *
 * @param verdict whether relook can write there
 * @param message a sentence that says what to do; empty when the bucket is writable
 */
public record OutputBucket(Verdict verdict, String message) {

  /** The outcome of a probe. */
  public enum Verdict {
    /** Exists, in the right region, and takes objects under the prefix. */
    WRITABLE,
    /** There is no such bucket. */
    MISSING,
    /** The bucket is in another region than the job. */
    OTHER_REGION,
    /** The store does not allow relook to write. */
    FORBIDDEN,
    /** The store did not answer in time. */
    UNREACHABLE
  }

  /** The result that is assumed for a bucket that was not probed. */
  public static final OutputBucket ASSUMED_WRITABLE = new OutputBucket(Verdict.WRITABLE, "");
}
