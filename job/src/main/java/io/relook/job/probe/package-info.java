/** Asks the object store, before the registry decides, whether an output bucket can be written. */
@NullMarked
package io.relook.job.probe;

import org.jspecify.annotations.NullMarked;
