package io.relook.job.registry;

import io.relook.schemas.access.Permissions;
import java.io.Serializable;

/**
 * What the options say about the registry.
 *
 * @param region region that appears in ARNs
 * @param imagePartitions number of partitions of the image topic
 * @param quotas what an account may ask for at most
 * @param permissions who may do what
 */
public record RegistrySettings(
    String region, int imagePartitions, RegistryOptions.Quotas quotas, Permissions permissions)
    implements Serializable {}
