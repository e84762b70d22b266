package io.relook.job.training;

import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.features.FeatureSettings;
import io.relook.job.s3.ObjectStoreFactory;
import io.relook.learning.decision.ThresholdGoal;
import io.relook.learning.picture.PictureLimits;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What trainings need besides the request.
 *
 * @param bucket relook's own bucket
 * @param kmsKeyId key under which features are put that are extracted once more, unless the model
 *     has a key; null as the bucket does by itself
 * @param features how pictures become features
 * @param accelerator what graphs run on
 * @param threads trainings run at the same time in one subtask
 * @param cpuThreads processor threads of one training
 * @param timeLimitMillis time after which a training fails
 * @param refitEvery trainings from one that is from scratch to the next
 * @param threshold what the threshold is chosen for
 */
public record TrainingJobSettings(
    ObjectStoreFactory store,
    String bucket,
    @Nullable String kmsKeyId,
    FeatureSettings features,
    AcceleratorSettings accelerator,
    long seed,
    int threads,
    int cpuThreads,
    long timeLimitMillis,
    long maxPictureBytes,
    int minSide,
    int maxSide,
    int refitEvery,
    ThresholdGoal threshold)
    implements Serializable {

  PictureLimits limits() {
    return new PictureLimits(maxPictureBytes, minSide, maxSide);
  }
}
