package io.relook.job.registry;

import io.relook.job.dataset.DatasetArn;
import io.relook.wire.DatasetType;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of resources, as the API writes them (spec: lookout-for-vision.md §5.1).
 *
 * @param region region that appears in them
 */
record Arns(String region) {
  private static final Pattern MODEL = Pattern.compile("arn:[^/]*:model/([^/]+)/[^/]+");

  String project(String account, String project) {
    return "arn:aws:lookoutvision:" + region + ":" + account + ":project/" + project;
  }

  String model(String account, String project, String version) {
    return "arn:aws:lookoutvision:" + region + ":" + account + ":model/" + project + "/" + version;
  }

  String dataset(String account, String project, DatasetType type) {
    return DatasetArn.of(region, account, project, type);
  }

  /** The project in the ARN of a model; empty when it is no such ARN. */
  static String projectOfModel(String arn) {
    Matcher matcher = MODEL.matcher(arn);
    return matcher.matches() ? matcher.group(1) : "";
  }
}
