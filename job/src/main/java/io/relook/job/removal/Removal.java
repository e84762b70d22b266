package io.relook.job.removal;

import io.relook.wire.S3Object;
import java.util.List;

/**
 * Objects that nothing refers to any more.
 *
 * @param account account that owns the project
 * @param project project they belonged to
 * @param objects objects to remove; those that are gone already do not matter
 * @param reason why, for the log
 */
public record Removal(String account, String project, List<S3Object> objects, String reason) {}
