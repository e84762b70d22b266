/** Reads manifests into images: validated as a whole first, then written as any client would. */
@NullMarked
package io.relook.job.importing;

import org.jspecify.annotations.NullMarked;
