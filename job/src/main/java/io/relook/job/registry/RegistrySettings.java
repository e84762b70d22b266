package io.relook.job.registry;

import io.relook.schemas.access.AccessControl;
import java.io.Serializable;
import java.time.Duration;

/**
 * What the options say about the registry.
 *
 * @param region region that appears in ARNs
 * @param imagePartitions number of partitions of the image topic
 * @param quotas what an account may ask for at most
 * @param access what callers may do
 * @param longestTraining how long a training and its publication may take together
 * @param longestImport how long an import may take
 */
public record RegistrySettings(
    String region,
    int imagePartitions,
    RegistryOptions.Quotas quotas,
    AccessControl access,
    Duration longestTraining,
    Duration longestImport)
    implements Serializable {

  /** For the wait in line and for a downtime of the job. */
  private static final Duration MARGIN = Duration.ofDays(1);

  LostEnds.After lostAfter() {
    return new LostEnds.After(longestTraining.plus(MARGIN), longestImport.plus(MARGIN));
  }
}
