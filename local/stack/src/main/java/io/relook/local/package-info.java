/** The command line of relook, and the whole stack in one JVM: broker, store, Flink and the job. */
@NullMarked
package io.relook.local;

import org.jspecify.annotations.NullMarked;
