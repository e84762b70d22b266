package io.relook.job.publication;

import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.s3.OwnBucket;
import io.relook.job.training.TrainingJobSettings;
import io.relook.learning.picture.PictureLimits;
import java.io.Serializable;

/**
 * What publishing needs besides the model.
 *
 * @param bucket relook's own bucket
 * @param area area in pixels to which pictures are resized before the backbone
 * @param seed seed of the training
 * @param accelerator what the parity check runs on, the same as the training
 * @param concurrency models published at the same time, and processor threads of one parity check
 * @param limits bounds of pictures
 * @param relookVersion version that the provenance names
 */
public record PublicationSettings(
    OwnBucket bucket,
    int area,
    long seed,
    AcceleratorSettings accelerator,
    TrainingJobSettings.Concurrency concurrency,
    PictureLimits limits,
    String relookVersion)
    implements Serializable {}
