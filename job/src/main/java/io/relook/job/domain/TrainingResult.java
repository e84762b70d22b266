package io.relook.job.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Result of a training: exactly one of {@code success} and {@code failure} is present.
 *
 * @param request what was asked for
 */
public record TrainingResult(
    TrainingRequest request, @Nullable Success success, @Nullable Failure failure) {

  /** A model whose file is staged in relook's own bucket. */
  public record Success(
      ModelFile file, Backbone backbone, Fit fit, Test test, Lineage lineage, Run run) {}

  /**
   * The ONNX file.
   *
   * @param key in relook's own bucket
   * @param digest SHA-256, in hexadecimal
   */
  public record ModelFile(String key, String digest) {}

  /**
   * The backbone that the features were made by.
   *
   * @param digest SHA-256 of its ONNX file, in hexadecimal
   */
  public record Backbone(String name, String digest) {}

  /**
   * What was fitted.
   *
   * @param detectors names of the detectors in the file
   * @param mode training mode: how far the labels of the training images could be used
   * @param threshold of the decision
   * @param images number of training images
   * @param suspectedLabels source references of training images whose labels may be wrong, the most
   *     suspicious first
   */
  public record Fit(
      List<String> detectors,
      String mode,
      double threshold,
      int images,
      List<String> suspectedLabels) {}

  /**
   * Results on the test images.
   *
   * @param images number of test images
   * @param scores of the test images, in the order of the manifest
   * @param metrics null without test images of both classes
   */
  public record Test(int images, List<TestScore> scores, @Nullable Metrics metrics) {}

  /**
   * What the training builds on.
   *
   * @param parentModelDigest SHA-256 of the model that it builds on; null for a training from
   *     scratch
   * @param generation number of trainings since the last one from scratch
   * @param refit why it is from scratch; null when it is not
   */
  public record Lineage(
      @Nullable String parentModelDigest, int generation, @Nullable String refit) {}

  /**
   * How it ran.
   *
   * @param trainedAt when evaluation ended, in milliseconds since the epoch
   * @param tookMillis wall time of training, evaluation and export
   * @param executionProvider what the model graphs ran on, {@code cpu} or {@code cuda}
   * @param fallback why {@code auto} did not use a GPU; null otherwise
   */
  public record Run(
      long trainedAt, long tookMillis, String executionProvider, @Nullable String fallback) {}

  /** A test image and its score. */
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
