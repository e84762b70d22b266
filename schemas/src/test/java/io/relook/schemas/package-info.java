/**
 * Tests of the wire, and {@link io.relook.schemas.AddSchemaVersion}, which checks in a new schema
 * version.
 */
@NullMarked
package io.relook.schemas;

import org.jspecify.annotations.NullMarked;
