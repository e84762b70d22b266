/** Keyed by account: the only writer of replies, models and projects. */
@NullMarked
package io.relook.job.registry;

import org.jspecify.annotations.NullMarked;
