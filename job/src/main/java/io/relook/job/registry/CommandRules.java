package io.relook.job.registry;

import io.relook.wire.Command;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.Tag;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Lengths and patterns of the members of commands (spec: lookout-for-vision.md §2), as a flat list:
 * each check returns a sentence that names the field, the value, the rule and the fix.
 */
public final class CommandRules {

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_\\-]*");
  private static final Pattern ACCOUNT = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final Pattern TOKEN = Pattern.compile("[a-zA-Z0-9-]+");
  private static final Pattern BUCKET = Pattern.compile("[0-9A-Za-z.\\-_]*");
  private static final Pattern PREFIX =
      Pattern.compile("([a-zA-Z0-9!_.*'()-][/a-zA-Z0-9!_.*'()-]*)?");
  private static final Pattern KMS_KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,2048}");
  private static final Pattern TAG_TEXT = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");

  /** As the service modelled it: without spaces. */
  private static final Pattern DESCRIPTION = Pattern.compile("[0-9A-Za-z.\\-_]*");

  private static final List<Function<CreateModel, Optional<String>>> CREATE_MODEL =
      List.of(
          c -> projectName(c.getProjectName()),
          c -> token(c.getClientToken()),
          c ->
              optional(
                  "Description",
                  c.getDescription(),
                  1,
                  500,
                  DESCRIPTION,
                  "letters, digits, dots, hyphens and underscores"),
          c ->
              text(
                  "OutputConfig.S3Location.Bucket",
                  c.getOutputConfig().getS3Location().getBucket(),
                  3,
                  63,
                  BUCKET,
                  "letters, digits, dots, hyphens and underscores"),
          c ->
              text(
                  "OutputConfig.S3Location.Prefix",
                  c.getOutputConfig().getS3Location().getPrefix(),
                  0,
                  1024,
                  PREFIX,
                  "letters, digits and / ! _ . * ' ( ) -, and no / at the start"),
          c ->
              optional(
                  "KmsKeyId",
                  c.getKmsKeyId(),
                  1,
                  2048,
                  KMS_KEY,
                  "a key id, an alias or the ARN of either"),
          c -> tags(c.getTags()));

  private CommandRules() {}

  /** The first rule that a command breaks, as a sentence. */
  public static Optional<String> violation(Command command) {
    if (!ACCOUNT.matcher(command.getAccount()).matches()) {
      return Optional.of(
          "account is "
              + shown(command.getAccount())
              + ": it must have 1 to 64 letters, digits, hyphens or underscores.");
    }
    Object body = command.getBody();
    if (body instanceof CreateProject create) {
      return projectName(create.getProjectName()).or(() -> token(create.getClientToken()));
    }
    if (body instanceof CreateModel create) {
      return CREATE_MODEL.stream()
          .map(check -> check.apply(create))
          .flatMap(Optional::stream)
          .findFirst();
    }
    return Optional.empty();
  }

  private static Optional<String> projectName(String name) {
    return text(
        "ProjectName",
        name,
        1,
        255,
        NAME,
        "letters, digits, hyphens and underscores, beginning with a letter or digit");
  }

  private static Optional<String> token(String token) {
    return optional("ClientToken", token, 1, 64, TOKEN, "letters, digits and hyphens");
  }

  private static Optional<String> tags(List<Tag> tags) {
    if (tags.size() > 200) {
      return Optional.of("Tags has " + tags.size() + " entries: give at most 200.");
    }
    Set<String> keys = new HashSet<>();
    for (Tag tag : tags) {
      if (!keys.add(tag.getKey())) {
        return Optional.of("Tags has the key " + shown(tag.getKey()) + " twice: give it once.");
      }
      Optional<String> violation =
          text(
                  "a tag's Key",
                  tag.getKey(),
                  1,
                  128,
                  TAG_TEXT,
                  "letters, digits, spaces and _ . : / = + - @")
              .or(
                  () ->
                      text(
                          "a tag's Value",
                          tag.getValue(),
                          0,
                          256,
                          TAG_TEXT,
                          "letters, digits, spaces and _ . : / = + - @"));
      if (violation.isPresent()) {
        return violation;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> optional(
      String field, String value, int least, int most, Pattern pattern, String rule) {
    return value == null ? Optional.empty() : text(field, value, least, most, pattern, rule);
  }

  private static Optional<String> text(
      String field, String value, int least, int most, Pattern pattern, String rule) {
    if (value.length() < least || value.length() > most) {
      return Optional.of(
          field
              + " is "
              + shown(value)
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
        : Optional.of(field + " is " + shown(value) + ": it may only have " + rule + ".");
  }

  private static String shown(String value) {
    return "'" + (value.length() <= 80 ? value : value.substring(0, 80) + "…") + "'";
  }
}
