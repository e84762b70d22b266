/**
 * Flink's keyed state behind methods without checked exceptions. A failure of the state becomes
 * {@link io.relook.job.state.StateUnavailableException}, which never counts against a message.
 */
@NullMarked
package io.relook.job.state;

import org.jspecify.annotations.NullMarked;
