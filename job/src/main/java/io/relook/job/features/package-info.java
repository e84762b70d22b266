/**
 * How pictures become features: which backbone, at which area, and under which keys they are
 * stored. Extraction and training share these settings, so they find the same features.
 */
@NullMarked
package io.relook.job.features;

import org.jspecify.annotations.NullMarked;
