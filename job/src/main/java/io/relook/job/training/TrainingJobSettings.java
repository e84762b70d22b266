package io.relook.job.training;

import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.features.FeatureSettings;
import io.relook.job.s3.OwnBucket;
import io.relook.learning.decision.ThresholdGoal;
import io.relook.learning.picture.PictureLimits;
import java.io.Serializable;
import java.time.Duration;

/**
 * What trainings need besides the request.
 *
 * @param bucket relook's own bucket; features that are extracted again are encrypted under its key,
 *     unless the model has a key
 * @param features how pictures become features
 * @param accelerator what the model graphs run on
 * @param limits bounds of pictures
 * @param concurrency how much runs at once in one subtask
 * @param fit how models are fitted
 * @param timeLimit time after which a training fails
 */
public record TrainingJobSettings(
    OwnBucket bucket,
    FeatureSettings features,
    AcceleratorSettings accelerator,
    PictureLimits limits,
    Concurrency concurrency,
    Fit fit,
    Duration timeLimit)
    implements Serializable {

  /**
   * How much runs at once in one subtask.
   *
   * @param trainings trainings at the same time
   * @param cpuThreads processor threads of one training
   */
  public record Concurrency(int trainings, int cpuThreads) implements Serializable {}

  /**
   * How models are fitted.
   *
   * @param seed seed of everything random
   * @param refitEvery number of trainings from one from scratch to the next
   * @param threshold what the threshold is chosen for
   */
  public record Fit(long seed, int refitEvery, ThresholdGoal threshold) implements Serializable {}
}
