/**
 * What log lines say besides their message: account, project, version, request and cut. {@link
 * io.relook.job.log.LogContext} sets them for the lines of one thread; the layouts of {@code
 * deploy/flink} write them.
 */
@NullMarked
package io.relook.job.log;

import org.jspecify.annotations.NullMarked;
