/**
 * Removes objects that nothing refers to any more: files of deleted models, relook's own copies and
 * features of pictures. Trainings pass through it, so that they keep their order with removals in
 * relook's own bucket: what an image refers to again is back before a training reads it. Published
 * files of deleted models are removed beside it, because their buckets belong to others and may be
 * slow.
 */
@NullMarked
package io.relook.job.removal;

import org.jspecify.annotations.NullMarked;
