/** The whole stack in one JVM: broker, store, Flink and the job, with the command line on top. */
@NullMarked
package io.relook.local;

import org.jspecify.annotations.NullMarked;
