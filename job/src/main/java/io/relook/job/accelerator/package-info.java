/** What extraction and training compute on: a GPU of the task's slot, or the processor. */
@NullMarked
package io.relook.job.accelerator;

import org.jspecify.annotations.NullMarked;
