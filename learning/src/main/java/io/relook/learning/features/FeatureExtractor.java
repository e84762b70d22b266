package io.relook.learning.features;

import io.relook.learning.picture.Picture;

/**
 * Turns pictures into features. Safe for use by several threads; closed once, by whoever made it.
 */
public interface FeatureExtractor extends AutoCloseable {

  /** What the backbone sees in one picture. */
  Features extract(Picture picture);

  @Override
  void close();
}
