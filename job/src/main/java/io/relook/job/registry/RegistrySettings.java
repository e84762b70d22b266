package io.relook.job.registry;

import io.relook.job.access.Permissions;
import java.io.Serializable;

/**
 * What the registry is told by the job's options.
 *
 * @param region region that appears in ARNs
 * @param imagePartitions number of partitions of the image topic
 * @param concurrentTrainings trainings that an account may have at the same time
 * @param requestsPerSecond requests of one operation that an account may send within a second
 * @param permissions who may do what
 */
public record RegistrySettings(
    String region,
    int imagePartitions,
    int concurrentTrainings,
    int requestsPerSecond,
    Permissions permissions)
    implements Serializable {}
