package io.relook.job.training;

import io.relook.job.s3.ObjectStoreFactory;
import io.relook.learning.training.ThresholdGoal;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What trainings need besides the request.
 *
 * @param bucket relook's own bucket
 * @param backboneDescriptor path of a descriptor on every task manager; null for the bundled one
 * @param area pixels the backbone sees of a picture
 * @param threads trainings run at the same time in one subtask
 * @param cpuThreads processor threads of one training
 * @param timeLimitMillis time after which a training fails
 * @param threshold what the threshold is chosen for
 */
public record TrainingJobSettings(
    ObjectStoreFactory store,
    String bucket,
    @Nullable String backboneDescriptor,
    int area,
    long seed,
    int threads,
    int cpuThreads,
    long timeLimitMillis,
    ThresholdGoal threshold)
    implements Serializable {}
