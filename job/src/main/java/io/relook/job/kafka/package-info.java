/** Sources and the sinks: bytes with their place in the log, in and out. */
@NullMarked
package io.relook.job.kafka;

import org.jspecify.annotations.NullMarked;
