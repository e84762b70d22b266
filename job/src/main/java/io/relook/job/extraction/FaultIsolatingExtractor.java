package io.relook.job.extraction;

import io.relook.job.quarantine.PoisonMessageException;
import io.relook.learning.features.FeatureExtractor;
import io.relook.learning.features.Features;
import io.relook.learning.picture.Picture;

/**
 * Finds out whether the picture or the backbone is the cause of a failure. A backbone that lost its
 * GPU fails on every picture, and no picture must be rejected for that; an allocation that failed
 * because memory was short for a moment says nothing about the picture either. So the picture is
 * the cause only if it fails a second time, and a black picture of the same size works.
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
      return extractAgain(picture, e);
    }
  }

  private Features extractAgain(Picture picture, RuntimeException first) {
    try {
      return extractor.extract(picture);
    } catch (RuntimeException e) {
      e.addSuppressed(first);
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
