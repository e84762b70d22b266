package io.relook.job.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a training went: exactly one of {@code success} and {@code failure} is present.
 *
 * @param request what was asked for
 */
public record TrainingResult(
    TrainingRequest request, @Nullable Success success, @Nullable Failure failure) {

  /**
   * A model whose file is staged in relook's own bucket.
   *
   * @param modelKey key of the ONNX file
   * @param modelDigest SHA-256 of the ONNX file, in hexadecimal
   * @param scores of the test images, in the order of the manifest
   * @param evaluation absent without test images of both classes
   * @param parentModelDigest SHA-256 of the model that it builds on; absent from scratch
   * @param generation trainings since one from scratch
   * @param refit why it is from scratch
   * @param trainedAt when evaluation ended, in milliseconds since the epoch
   * @param tookMillis wall time of training, evaluation and export
   * @param executionProvider what graphs ran on, {@code cpu} or {@code cuda}; null in a training
   *     that ended before this was recorded
   * @param fallback why it was not the GPU that {@code auto} looked for
   * @param suspects source references of training images whose labels may be wrong, the most
   *     suspicious first; older checkpoints have none
   */
  public record Success(
      String modelKey,
      String modelDigest,
      List<TestScore> scores,
      @Nullable Metrics evaluation,
      double threshold,
      List<String> heads,
      String regime,
      String backboneName,
      String backboneDigest,
      int trainingImages,
      int testImages,
      @Nullable String parentModelDigest,
      int generation,
      @Nullable String refit,
      long trainedAt,
      long tookMillis,
      @Nullable String executionProvider,
      @Nullable String fallback,
      List<String> suspects) {

    @SuppressWarnings("ConstantValue") // null in a checkpoint from before there were suspects
    public Success {
      suspects = suspects == null ? List.of() : suspects;
    }
  }

  /** A test image and what the model says about it. */
  public record TestScore(String sourceRef, double score) {}

  /** Metrics on the test images. */
  public record Metrics(
      double rocAuc, double averagePrecision, double precision, double recall, double f1) {}

  /**
   * Why the training cannot succeed.
   *
   * @param reason code
   * @param message a sentence that says what to do
   */
  public record Failure(String reason, String message) {}
}
