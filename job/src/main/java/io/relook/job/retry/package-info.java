/**
 * Looks again at images whose pictures or masks could not be read: beside the stream, so that
 * nothing waits for them. What becomes of one is a signed message in its partition.
 */
@NullMarked
package io.relook.job.retry;

import org.jspecify.annotations.NullMarked;
