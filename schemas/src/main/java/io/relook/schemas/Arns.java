package io.relook.schemas;

import io.relook.wire.DatasetType;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of resources, as the API writes them (spec: lookout-for-vision.md §5.1).
 *
 * @param region region that appears in them
 */
public record Arns(String region) {
  private static final Pattern MODEL = Pattern.compile("arn:[^/]*:model/([^/]+)/[^/]+");

  /** ARN of a project. */
  public String project(String account, String project) {
    return "arn:aws:lookoutvision:" + region + ":" + account + ":project/" + project;
  }

  /** ARN of a version of a project's model. */
  public String model(String account, String project, String version) {
    return "arn:aws:lookoutvision:" + region + ":" + account + ":model/" + project + "/" + version;
  }

  /** ARN of a data set: a name of relook's own, because the API gives data sets no ARN. */
  public String dataset(String account, String project, DatasetType type) {
    return "arn:aws:lookoutvision:"
        + region
        + ":"
        + account
        + ":dataset/"
        + project
        + "/"
        + type.name().toLowerCase(Locale.ROOT);
  }

  /** The project in the ARN of a model; empty when the text is not such an ARN. */
  public static String projectOfModel(String arn) {
    Matcher matcher = MODEL.matcher(arn);
    return matcher.matches() ? matcher.group(1) : "";
  }
}
