package io.relook.job.domain;

import io.relook.wire.DatasetType;
import java.util.Locale;

/** ARNs of data sets. The API defines none, so relook makes them like the API's other ARNs. */
public final class DatasetArn {

  private DatasetArn() {}

  /**
   * The ARN of a data set.
   *
   * @param region region that appears in it
   */
  public static String of(String region, String account, String project, DatasetType type) {
    return "arn:aws:lookoutvision:"
        + region
        + ":"
        + account
        + ":dataset/"
        + project
        + "/"
        + type.name().toLowerCase(Locale.ROOT);
  }
}
