/** Real broker, store and Flink cluster for integration tests, and the guarantees asked of them. */
@NullMarked
package io.relook.job.stack;

import org.jspecify.annotations.NullMarked;
