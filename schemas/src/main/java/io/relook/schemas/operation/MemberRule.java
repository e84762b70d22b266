package io.relook.schemas.operation;

import io.relook.schemas.Excerpt;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rules of the members of commands (spec: lookout-for-vision.md §2): the least and the greatest
 * length, the pattern, and the pattern in words.
 */
public enum MemberRule {
  PROJECT_NAME(
      "ProjectName",
      1,
      255,
      "[a-zA-Z0-9][a-zA-Z0-9_\\-]*",
      "it may only have letters, digits, hyphens and underscores, beginning with a letter or"
          + " digit"),
  CLIENT_TOKEN(
      "ClientToken", 1, 64, "[a-zA-Z0-9-]+", "it may only have letters, digits and hyphens"),
  MODEL_VERSION("ModelVersion", 1, 10, "[1-9][0-9]*", "it must be a decimal number such as 3"),
  EXPECTED_ACTIVE_VERSION(
      "ExpectedActiveVersion",
      1,
      10,
      "[1-9][0-9]*",
      "it must be a decimal number such as 3; leave it out where no version is active yet"),
  /** As in the service's model: without spaces. */
  DESCRIPTION(
      "Description",
      1,
      500,
      "[0-9A-Za-z.\\-_]*",
      "it may only have letters, digits, dots, hyphens and underscores, and no spaces"),
  KMS_KEY_ID(
      "KmsKeyId",
      1,
      2048,
      "[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,2048}",
      "it must be a key id, an alias or the ARN of either"),
  BUCKET(
      "Bucket",
      3,
      63,
      "[0-9A-Za-z.\\-_]*",
      "it may only have letters, digits, dots, hyphens and underscores"),
  PREFIX(
      "Prefix",
      0,
      1024,
      "([a-zA-Z0-9!_.*'()-][/a-zA-Z0-9!_.*'()-]*)?",
      "it may only have letters, digits and / ! _ . * ' ( ) -, and no / at the start"),
  KEY(
      "Key",
      1,
      1024,
      "([a-zA-Z0-9!_.*'()-][/a-zA-Z0-9!_.*'()-]*)?",
      "it may only have letters, digits and / ! _ . * ' ( ) -, and no / at the start"),
  VERSION_ID("VersionId", 1, 1024, ".*", "it must be text on one line"),
  TAG_KEY(
      "Key",
      1,
      128,
      "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*",
      "it may only have letters, digits, spaces and _ . : / = + - @"),
  TAG_VALUE(
      "Value",
      0,
      256,
      "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*",
      "it may only have letters, digits, spaces and _ . : / = + - @"),
  RESOURCE_ARN(
      "ResourceArn",
      1,
      1011,
      "arn:aws:lookoutvision:[^:]*:[^:]+:model/[^/]+/[1-9][0-9]*",
      "it must be the ARN of a model, such as"
          + " arn:aws:lookoutvision:us-east-1:123456789012:model/bolts/3; only models have tags");

  private final String member;
  private final int least;
  private final int most;
  private final Pattern pattern;
  private final String words;

  MemberRule(String member, int least, int most, String pattern, String words) {
    this.member = member;
    this.least = least;
    this.most = most;
    this.pattern = Pattern.compile(pattern);
    this.words = words;
  }

  Optional<String> violation(String value) {
    return violation("", value);
  }

  /**
   * Why a value breaks the rule.
   *
   * @param path names of the enclosing members, each followed by a dot
   */
  Optional<String> violation(String path, String value) {
    if (value.length() < least || value.length() > most) {
      return Optional.of(
          path
              + member
              + " is "
              + Excerpt.quoted(value)
              + " with "
              + value.length()
              + " characters: it must have "
              + least
              + " to "
              + most
              + ".");
    }
    return pattern.matcher(value).matches()
        ? Optional.empty()
        : Optional.of(path + member + " is " + Excerpt.quoted(value) + ": " + words + ".");
  }

  Optional<String> violationIfGiven(String path, @Nullable String value) {
    return value == null ? Optional.empty() : violation(path, value);
  }
}
