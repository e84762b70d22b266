package io.relook.job.extraction;

import io.relook.learning.features.FeatureExtractor;
import io.relook.learning.features.Features;
import io.relook.learning.picture.Picture;
import java.util.concurrent.Semaphore;

/**
 * Limits the native memory that pictures take while their features are extracted. Large pictures
 * wait for each other, small ones do not. A picture that is larger than the whole limit runs alone.
 */
final class MemoryBoundedExtractor implements FeatureExtractor {

  /**
   * Native bytes for each pixel: the picture itself, and two copies as numbers of four bytes, which
   * the graph makes when it casts and transposes the picture before it resizes it.
   */
  static final long BYTES_PER_PIXEL = 3 + 2 * 3 * Float.BYTES;

  private static final long UNIT = 1024 * 1024;

  private final FeatureExtractor extractor;
  private final int units;
  private final Semaphore free;

  /**
   * @param bytes native memory of all pictures together
   */
  MemoryBoundedExtractor(FeatureExtractor extractor, long bytes) {
    this.extractor = extractor;
    this.units = (int) Math.max(1, bytes / UNIT);
    // Fair: small pictures must not overtake a large one for ever.
    this.free = new Semaphore(units, true);
  }

  @Override
  public Features extract(Picture picture) {
    long bytes = BYTES_PER_PIXEL * picture.width() * picture.height();
    int needed = (int) Math.min(units, bytes / UNIT + 1);
    free.acquireUninterruptibly(needed);
    try {
      return extractor.extract(picture);
    } finally {
      free.release(needed);
    }
  }

  @Override
  public void close() {
    extractor.close();
  }
}
