/**
 * What extraction and training compute on: a GPU of the task's slot, or the processor. It holds the
 * slots to ask Flink for, the choice of a device, and what happens when there is none.
 */
@NullMarked
package io.relook.job.accelerator;

import org.jspecify.annotations.NullMarked;
