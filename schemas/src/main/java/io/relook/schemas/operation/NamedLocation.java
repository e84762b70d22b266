package io.relook.schemas.operation;

import io.relook.wire.S3Object;

/**
 * An object that a command names.
 *
 * @param member name of the member that names it
 */
public record NamedLocation(String member, S3Object object) {}
