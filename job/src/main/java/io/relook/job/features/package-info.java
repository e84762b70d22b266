/** Stored features: how they are named, by which backbone they are made. */
@NullMarked
package io.relook.job.features;

import org.jspecify.annotations.NullMarked;
