/**
 * Flink's keyed state behind methods without checked exceptions. A failure of the state becomes
 * {@link io.relook.job.state.StateUnavailableException}, which never counts against a message. A
 * decision that fails on the message itself leaves nothing behind: {@link
 * io.relook.job.state.UndoLog} takes its writes back.
 */
@NullMarked
package io.relook.job.state;

import org.jspecify.annotations.NullMarked;
