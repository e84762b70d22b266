package io.relook.job.s3;

import io.relook.job.options.OptionReader;
import java.net.URI;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of the object store. */
public final class S3Options {

  public static final ConfigOption<String> S3_ENDPOINT =
      ConfigOptions.key("s3.endpoint")
          .stringType()
          .noDefaultValue()
          .withDescription("Address of the S3 service. Default: that of AWS in s3.region.");

  public static final ConfigOption<String> S3_REGION =
      ConfigOptions.key("s3.region")
          .stringType()
          .defaultValue("us-east-1")
          .withDescription("Region of the S3 service, also used in ARNs.");

  public static final ConfigOption<Boolean> S3_PATH_STYLE_ACCESS =
      ConfigOptions.key("s3.path-style-access")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether the bucket is part of the path instead of the host name, as most"
                  + " S3-compatible servers need.");

  public static final ConfigOption<String> S3_BUCKET =
      ConfigOptions.key("s3.bucket")
          .stringType()
          .defaultValue("relook")
          .withDescription(
              "relook's own bucket: pictures sent inline, features, manifests, trained models"
                  + " before they are published.");

  public static final ConfigOption<String> S3_KMS_KEY_ID =
      ConfigOptions.key("s3.kms-key-id")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "KMS key that encrypts pictures, masks and features when they arrive. Default: the"
                  + " bucket's default encryption.");

  private S3Options() {}

  /** Reads where the store is and which bucket in it is relook's own. */
  public static OwnBucket read(OptionReader options) {
    return new OwnBucket(
        new S3Settings(
            options.find(S3_ENDPOINT).map(URI::create).orElse(null),
            options.get(S3_REGION),
            options.get(S3_PATH_STYLE_ACCESS)),
        options.get(S3_BUCKET),
        options.find(S3_KMS_KEY_ID).orElse(null));
  }

  /** Region of the S3 service, also used in ARNs. */
  public static String region(OptionReader options) {
    return options.get(S3_REGION);
  }
}
