package io.relook.job.features;

import io.relook.job.domain.FeatureKeys;
import io.relook.learning.backbone.Backbone;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How pictures become features.
 *
 * @param backboneDescriptor path of a descriptor on every task manager; null for the bundled one
 * @param area area in pixels to which pictures are resized before the backbone
 */
public record FeatureSettings(@Nullable String backboneDescriptor, int area)
    implements Serializable {

  /**
   * Opens the backbone.
   *
   * @throws IOException if its files cannot be read
   * @throws IllegalArgumentException if they cannot be used, with what to change
   */
  public Backbone backbone() throws IOException {
    return backboneDescriptor == null
        ? Backbone.bundled()
        : Backbone.load(Path.of(backboneDescriptor));
  }

  /** Keys of the features that a backbone makes at this area. */
  public FeatureKeys keys(Backbone backbone) {
    return FeatureKeys.of(backbone.digest(), area);
  }
}
