package io.relook.job.training;

import io.relook.job.s3.ObjectStoreFactory;
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
 * @param refitEvery trainings from one that is from scratch to the next
 * @param timeLimitMillis time after which a training fails
 */
public record TrainingJobSettings(
    ObjectStoreFactory store,
    String bucket,
    @Nullable String backboneDescriptor,
    int area,
    long seed,
    int threads,
    int cpuThreads,
    int refitEvery,
    long timeLimitMillis)
    implements Serializable {}
