package io.relook.job.quarantine;

import io.relook.job.s3.OwnBucket;
import java.io.Serializable;

/**
 * Where quarantine is kept, and when it begins.
 *
 * @param bucket relook's own bucket
 * @param maxCrashes ends of the process with the same message in flight after which it is rejected
 * @param maxTrainingCrashes ends of the process in a row with the same training in flight after
 *     which that training fails
 */
public record QuarantineSettings(OwnBucket bucket, int maxCrashes, int maxTrainingCrashes)
    implements Serializable {}
