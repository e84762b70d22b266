package io.relook.job.quarantine;

import io.relook.job.s3.ObjectStoreFactory;
import java.io.Serializable;

/**
 * Where suspicions are kept, and when they are enough.
 *
 * @param bucket relook's own bucket
 * @param maxCrashes ends of the process with the same message in work after which it is rejected
 * @param maxTrainingCrashes ends of the process in a row with the same training in work after which
 *     it fails
 */
public record QuarantineSettings(
    ObjectStoreFactory store, String bucket, int maxCrashes, int maxTrainingCrashes)
    implements Serializable {}
