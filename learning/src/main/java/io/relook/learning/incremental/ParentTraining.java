package io.relook.learning.incremental;

import java.io.IOException;
import java.util.Optional;

/**
 * An earlier training of the same project that this one may build on.
 *
 * @param modelDigest SHA-256 of the model it made, in hexadecimal
 * @param state the stored form of its {@link TrainingState}; it is checked before it is used
 * @param refitEvery every so many trainings one is from scratch; with 1 all are
 * @param removed loads the statistics of pictures that this training no longer has
 */
@SuppressWarnings("ArrayRecordComponent") // a file
public record ParentTraining(
    String modelDigest, byte[] state, int refitEvery, RemovedPictures removed) {

  /** The default of {@link #refitEvery}. */
  public static final int DEFAULT_REFIT_EVERY = 10;

  /** Stored picture statistics by the pictures' content digests. */
  @FunctionalInterface
  public interface RemovedPictures {

    /** The stored form, or nothing when it is erased. */
    Optional<byte[]> load(String contentDigest) throws IOException;
  }
}
