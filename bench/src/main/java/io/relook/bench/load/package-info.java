/**
 * What the job costs under load, measured on a real job manager and task manager, each in a process
 * of its own.
 */
@NullMarked
package io.relook.bench.load;

import org.jspecify.annotations.NullMarked;
