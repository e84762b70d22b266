/** Flink's state behind unchecked calls. */
@NullMarked
package io.relook.job.state;

import org.jspecify.annotations.NullMarked;
