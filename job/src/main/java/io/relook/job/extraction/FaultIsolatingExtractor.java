package io.relook.job.extraction;

import io.relook.job.quarantine.PoisonMessageException;
import io.relook.learning.features.FeatureExtractor;
import io.relook.learning.features.Features;
import io.relook.learning.picture.Picture;

/**
 * Finds out whether the picture or the backbone is the cause of a failure. A backbone that lost its
 * GPU fails on every picture, and no picture must be rejected for that. So a black picture of the
 * same size is tried: if that works, the picture is the cause.
 */
final class FaultIsolatingExtractor implements FeatureExtractor {
  private final FeatureExtractor extractor;

  FaultIsolatingExtractor(FeatureExtractor extractor) {
    this.extractor = extractor;
  }

  @Override
  public Features extract(Picture picture) {
    try {
      return extractor.extract(picture);
    } catch (RuntimeException e) {
      try {
        extractor.extract(
            new Picture(picture.width(), picture.height(), new byte[picture.rgb().length]));
      } catch (RuntimeException alsoBlack) {
        e.addSuppressed(alsoBlack);
        throw e;
      }
      throw new PoisonMessageException("extracting features of the picture", e);
    }
  }

  @Override
  public void close() {
    extractor.close();
  }
}
