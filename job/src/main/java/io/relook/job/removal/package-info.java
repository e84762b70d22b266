/**
 * Removes objects that nothing refers to any more: files of deleted models, relook's own copies and
 * features of pictures. Trainings pass through it, so that they keep their order with removals.
 */
@NullMarked
package io.relook.job.removal;

import org.jspecify.annotations.NullMarked;
