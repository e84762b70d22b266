/** Keyed by project: entries, the alignment of cut markers, window and split. */
@NullMarked
package io.relook.job.dataset;

import org.jspecify.annotations.NullMarked;
