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
 * @param significantBits of the samples of 16-bit pictures, which are features of other pixels; 0
 *     when nobody said
 */
public record FeatureSettings(@Nullable String backboneDescriptor, int area, int significantBits)
    implements Serializable {

  /** Features of pictures that are read as they are stored. */
  public FeatureSettings(@Nullable String backboneDescriptor, int area) {
    this(backboneDescriptor, area, 0);
  }

  /** The same for pictures with these significant bits. */
  public FeatureSettings withSignificantBits(int bits) {
    return new FeatureSettings(backboneDescriptor, area, bits);
  }

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

  /** Keys of the features that a backbone makes at this area, and of these bits. */
  public FeatureKeys keys(Backbone backbone) {
    FeatureKeys keys = FeatureKeys.of(backbone.digest(), area);
    // All 16 bits are the same as nothing said: what is read either way has equal pixels.
    return significantBits == 0 || significantBits == 16
        ? keys
        : new FeatureKeys(keys.version() + "-" + significantBits + "bit");
  }
}
