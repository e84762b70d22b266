package io.relook.job.dataset;

import io.relook.job.dataset.TimeIndex.Cells;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.Mask;
import io.relook.job.domain.StoredPicture;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the images that refer to each of relook's own objects, so that erasure need not read all
 * images (reference counting). Pure.
 */
final class ObjectReferences {
  private static final String OBJECT = "object:";
  private static final String BUFFERED = "buffered:";

  private final String bucket;
  private final Cells<String, PictureUse> pictures;
  private final Cells<String, Integer> others;

  /**
   * @param bucket relook's own bucket
   * @param pictures by digest
   * @param others references to masks and uploads, and of changes that wait for a cut
   */
  ObjectReferences(
      String bucket, Cells<String, PictureUse> pictures, Cells<String, Integer> others) {
    this.bucket = bucket;
    this.pictures = pictures;
    this.others = others;
  }

  void add(DatasetEntry entry) {
    change(entry.picture(), entry.mask(), 1);
  }

  void remove(DatasetEntry entry) {
    change(entry.picture(), entry.mask(), -1);
  }

  /** What an image that cannot be read keeps of the one before. */
  void add(UnavailableImage image) {
    change(image.kept().picture(), image.kept().mask(), 1);
  }

  void remove(UnavailableImage image) {
    change(image.kept().picture(), image.kept().mask(), -1);
  }

  private void change(@Nullable StoredPicture picture, @Nullable Mask mask, int change) {
    if (picture != null) {
      change(picture, change);
    }
    if (mask != null && mask.bucket().equals(bucket)) {
      count(OBJECT + mask.key(), change);
    }
  }

  private void change(StoredPicture picture, int change) {
    PictureUse use =
        pictures
            .get(picture.digest())
            .orElse(PictureUse.NONE)
            .plus(directory(picture.featuresKey()), isCopy(picture), change);
    if (use.isUsed()) {
      pictures.put(picture.digest(), use);
    } else {
      pictures.remove(picture.digest());
    }
    if (picture.bucket().equals(bucket) && !isCopy(picture)) {
      count(OBJECT + picture.key(), change);
    }
  }

  /** Objects of a change that begins to wait for a cut. */
  void buffered(List<String> objects) {
    objects.forEach(key -> count(BUFFERED + key, 1));
  }

  /** Objects of a change that waits no longer. */
  void released(List<String> objects) {
    objects.forEach(key -> count(BUFFERED + key, -1));
  }

  private void count(String key, int change) {
    int now = others.get(key).orElse(0) + change;
    if (now > 0) {
      others.put(key, now);
    } else {
      others.remove(key);
    }
  }

  /** Whether a change that waits for a cut refers to an object. */
  boolean isBuffered(String objectKey) {
    return others.get(BUFFERED + objectKey).isPresent();
  }

  /** Whether an image refers to an object. */
  boolean isReferenced(String objectKey) {
    if (BucketLayout.isFeatures(objectKey)) {
      return use(objectKey).features().containsKey(directory(objectKey));
    }
    if (BucketLayout.isStatistics(objectKey)) {
      String features = BucketLayout.featuresOf(objectKey);
      // Statistics of an older format belong to no image any more.
      return BucketLayout.statistics(features).equals(objectKey) && isReferenced(features);
    }
    return use(objectKey).copies() > 0 && BucketLayout.isPicture(objectKey)
        || others.get(OBJECT + objectKey).isPresent();
  }

  /** Whether an image has the picture, with whatever features. */
  boolean hasPicture(String digest) {
    return pictures.get(digest).isPresent();
  }

  private PictureUse use(String objectKey) {
    return pictures.get(BucketLayout.digestOf(objectKey)).orElse(PictureUse.NONE);
  }

  private boolean isCopy(StoredPicture picture) {
    return picture.bucket().equals(bucket) && BucketLayout.isPicture(picture.key());
  }

  private static String directory(String featuresKey) {
    return featuresKey.substring(0, featuresKey.lastIndexOf('/') + 1);
  }
}
