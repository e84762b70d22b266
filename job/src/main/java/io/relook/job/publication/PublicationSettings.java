package io.relook.job.publication;

import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.s3.ObjectStoreFactory;
import io.relook.learning.picture.PictureLimits;
import java.io.Serializable;

/**
 * What publishing needs besides the model.
 *
 * @param bucket relook's own bucket
 * @param accelerator what the parity check runs on: as the training
 * @param threads models published at the same time in one subtask
 * @param cpuThreads processor threads of one parity check
 */
public record PublicationSettings(
    ObjectStoreFactory store,
    String bucket,
    int area,
    long seed,
    AcceleratorSettings accelerator,
    int threads,
    int cpuThreads,
    long maxPictureBytes,
    int minSide,
    int maxSide,
    String relookVersion)
    implements Serializable {

  PictureLimits limits() {
    return new PictureLimits(maxPictureBytes, minSide, maxSide);
  }
}
