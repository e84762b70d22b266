package io.relook.job.registry;

/**
 * Names of resources, as the API writes them (spec: lookout-for-vision.md §5.1).
 *
 * @param region region that appears in them
 */
record Arns(String region) {

  String project(String account, String project) {
    return "arn:aws:lookoutvision:" + region + ":" + account + ":project/" + project;
  }

  String model(String account, String project, int version) {
    return "arn:aws:lookoutvision:" + region + ":" + account + ":model/" + project + "/" + version;
  }
}
