/**
 * Probes, before the registry decides about a CreateModel, whether relook can write to its output
 * bucket. The result travels with the command, so the registry itself asks no store.
 */
@NullMarked
package io.relook.job.probe;

import org.jspecify.annotations.NullMarked;
