package io.relook.learning.features;

import io.relook.learning.picture.Picture;

/** Turns pictures into features. Safe for use by several threads. Its creator closes it. */
public interface FeatureExtractor extends AutoCloseable {

  /** The features of one picture. */
  Features extract(Picture picture);

  @Override
  void close();
}
