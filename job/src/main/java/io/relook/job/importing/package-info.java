/**
 * Imports manifests: a manifest is checked as a whole, then its images are written to the image
 * topic, as any client would send them.
 */
@NullMarked
package io.relook.job.importing;

import org.jspecify.annotations.NullMarked;
