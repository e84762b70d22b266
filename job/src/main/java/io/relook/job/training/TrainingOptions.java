package io.relook.job.training;

import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.features.FeatureSettings;
import io.relook.job.options.OptionReader;
import io.relook.job.s3.OwnBucket;
import io.relook.learning.decision.ThresholdGoal;
import io.relook.learning.incremental.ParentTraining;
import io.relook.learning.picture.PictureLimits;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of trainings. */
public final class TrainingOptions {

  public static final ConfigOption<Integer> TRAINING_THREADS =
      ConfigOptions.key("training.threads")
          .intType()
          .defaultValue(1)
          .withDescription("Trainings that run at the same time in one subtask; others wait.");

  public static final ConfigOption<Integer> TRAINING_CPU_THREADS =
      ConfigOptions.key("training.cpu-threads")
          .intType()
          .defaultValue(2)
          .withDescription("Processor threads of one training.");

  public static final ConfigOption<Long> TRAINING_SEED =
      ConfigOptions.key("training.seed")
          .longType()
          .defaultValue(42L)
          .withDescription("Seed of everything random in a training.");

  public static final ConfigOption<Integer> TRAINING_REFIT_EVERY =
      ConfigOptions.key("training.refit-every")
          .intType()
          .defaultValue(ParentTraining.DEFAULT_REFIT_EVERY)
          .withDescription(
              "Number of trainings of a project from one from scratch to the next; those between"
                  + " build on the one before. 1: every training is from scratch.");

  public static final ConfigOption<String> TRAINING_THRESHOLD =
      ConfigOptions.key("training.threshold")
          .stringType()
          .defaultValue("best-f1")
          .withDescription(
              "Goal of a model's threshold: best-f1; best-f1=PREVALENCE, such as 0.02, when the"
                  + " share of anomalous images in use differs from that of the training images;"
                  + " max-false-positive-rate=RATE; min-recall=RECALL. The threshold is chosen"
                  + " from out-of-fold scores of the training images. With fewer than ten"
                  + " anomalous ones the best F1 cannot be estimated: the threshold then lies"
                  + " just above the good ones.");

  public static final ConfigOption<Duration> TRAINING_TIME_LIMIT =
      ConfigOptions.key("training.time-limit")
          .durationType()
          .defaultValue(Duration.ofHours(24))
          .withDescription(
              "Time after which a training fails, counted from the moment its work begins,"
                  + " restarts included; the wait in line does not count.");

  private TrainingOptions() {}

  /** Reads the options of trainings; other stages share the settings that are given. */
  public static TrainingJobSettings read(
      OptionReader options,
      OwnBucket bucket,
      FeatureSettings features,
      AcceleratorSettings accelerator,
      PictureLimits limits) {
    return new TrainingJobSettings(
        bucket,
        features,
        accelerator,
        limits,
        new TrainingJobSettings.Concurrency(
            options.atLeast(TRAINING_THREADS, 1), options.atLeast(TRAINING_CPU_THREADS, 1)),
        new TrainingJobSettings.Fit(
            options.get(TRAINING_SEED), options.atLeast(TRAINING_REFIT_EVERY, 1), goal(options)),
        options.get(TRAINING_TIME_LIMIT));
  }

  private static ThresholdGoal goal(OptionReader options) {
    String given = options.get(TRAINING_THRESHOLD);
    try {
      return ThresholdGoal.parse(given);
    } catch (IllegalArgumentException e) {
      options.problem("training.threshold is " + given + ": " + e.getMessage());
      return ThresholdGoal.parse(TRAINING_THRESHOLD.defaultValue());
    }
  }
}
