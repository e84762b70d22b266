package io.relook.learning.incremental;

import io.relook.learning.training.TrainedModel;
import java.io.IOException;
import java.util.Optional;

/**
 * An earlier training of the product that this one may build on.
 *
 * @param modelDigest SHA-256 of the model it made, in hexadecimal
 * @param state what it left, {@link TrainedModel#state}; it is checked before it is used
 * @param refitEvery a training that would be this many trainings after one from scratch is itself
 *     from scratch; 1 builds on nothing
 * @param removed summaries of pictures that this training does not have any more
 */
@SuppressWarnings("ArrayRecordComponent") // a file
public record ParentTraining(
    String modelDigest, byte[] state, int refitEvery, RemovedPictures removed) {

  /** Trainings between two from scratch unless told otherwise. */
  public static final int DEFAULT_REFIT_EVERY = 10;

  /** Stored summaries of pictures by their content digest. */
  @FunctionalInterface
  public interface RemovedPictures {

    /** The stored form, or nothing when it is erased. */
    Optional<byte[]> load(String contentDigest) throws IOException;
  }
}
