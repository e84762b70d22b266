/**
 * Slow work beside Flink's task thread. {@link io.relook.job.async.OrderedDrainingOperator} keeps
 * the order of its input and has no state; {@link io.relook.job.async.BoundedAsyncFunction} limits
 * how many long pieces of work run at once.
 */
@NullMarked
package io.relook.job.async;

import org.jspecify.annotations.NullMarked;
