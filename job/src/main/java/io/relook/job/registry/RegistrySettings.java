package io.relook.job.registry;

import io.relook.schemas.access.AccessControl;
import java.io.Serializable;

/**
 * What the options say about the registry.
 *
 * @param region region that appears in ARNs
 * @param imagePartitions number of partitions of the image topic
 * @param quotas what an account may ask for at most
 * @param access what callers may do
 */
public record RegistrySettings(
    String region, int imagePartitions, RegistryOptions.Quotas quotas, AccessControl access)
    implements Serializable {}
