package io.relook.job.dataset;

import io.relook.job.domain.Annotation;
import io.relook.job.domain.Mask;
import io.relook.job.domain.Split;
import io.relook.job.domain.StoredPicture;
import org.jspecify.annotations.Nullable;

/**
 * An image of a project.
 *
 * @param createdAt record time of its first message, in milliseconds since the epoch
 * @param updatedAt record time of its latest message, in milliseconds since the epoch
 * @param split split that it got in the first training that used it; null before
 * @param mask where its defects are; null when the image has no mask
 */
public record DatasetEntry(
    String sourceRef,
    Annotation annotation,
    StoredPicture picture,
    long createdAt,
    long updatedAt,
    @Nullable Split split,
    @Nullable Mask mask) {

  DatasetEntry with(StoredPicture other) {
    return new DatasetEntry(sourceRef, annotation, other, createdAt, updatedAt, split, mask);
  }

  DatasetEntry on(Split decided) {
    return new DatasetEntry(sourceRef, annotation, picture, createdAt, updatedAt, decided, mask);
  }
}
