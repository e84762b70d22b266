/**
 * The keyed operator that owns the state of an account: projects, models, tags, client tokens and
 * quotas. It alone writes replies, models and projects. {@link io.relook.job.registry.Registry}
 * decides; {@link io.relook.job.registry.RegistryFunction} runs it on Flink.
 */
@NullMarked
package io.relook.job.registry;

import org.jspecify.annotations.NullMarked;
