package io.relook.job.features;

import io.relook.job.options.OptionReader;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of how pictures become features. */
public final class FeatureOptions {

  public static final ConfigOption<String> BACKBONE_DESCRIPTOR =
      ConfigOptions.key("backbone.descriptor")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Path of a backbone's descriptor on every task manager. Default: the bundled"
                  + " EfficientNet-Lite0.");

  public static final ConfigOption<Integer> FEATURES_AREA =
      ConfigOptions.key("features.area")
          .intType()
          .defaultValue(256 * 256)
          .withDescription(
              "Area in pixels to which pictures are resized, keeping their aspect, before the"
                  + " backbone. Decides what is stored.");

  private FeatureOptions() {}

  /** Reads the options. */
  public static FeatureSettings read(OptionReader options) {
    return new FeatureSettings(
        options.find(BACKBONE_DESCRIPTOR).orElse(null), options.atLeast(FEATURES_AREA, 32 * 32));
  }
}
