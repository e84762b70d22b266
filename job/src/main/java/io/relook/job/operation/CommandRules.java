package io.relook.job.operation;

import io.relook.schemas.Excerpt;
import io.relook.wire.Command;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.UntagResource;
import io.relook.wire.UpdateDatasetEntries;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lengths and patterns of the members of commands, in the order of the table they come from (spec:
 * lookout-for-vision.md §2), and which members each operation has. A broken rule becomes a sentence
 * that names the field, the value, the rule and the fix.
 */
public final class CommandRules {

  /** One line of the table: a text's least and greatest length, its pattern, and both in words. */
  enum Rule {
    PROJECT_NAME(
        "ProjectName",
        1,
        255,
        "[a-zA-Z0-9][a-zA-Z0-9_\\-]*",
        "it may only have letters, digits, hyphens and underscores, beginning with a letter or digit"),
    CLIENT_TOKEN(
        "ClientToken", 1, 64, "[a-zA-Z0-9-]+", "it may only have letters, digits and hyphens"),
    MODEL_VERSION("ModelVersion", 1, 10, "[1-9][0-9]*", "it must be a decimal number such as 3"),
    /** As the service modelled it: without spaces. */
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

    Rule(String member, int least, int most, String pattern, String words) {
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
     * @param path members around it, each with a dot behind
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

  /** Most tags in a list, and on a model (spec §2, Tags and TagKeys). */
  public static final int MAX_TAGS = 200;

  private static final Pattern ACCOUNT = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final int MAX_REQUEST_ID = 128;

  /** Longest key of an object that S3 has, in bytes. */
  private static final int MAX_KEY_BYTES = 1024;

  private static final int MAX_CALLER = 256;

  private CommandRules() {}

  /** The first rule that a command breaks, as a sentence. */
  public static Optional<String> violation(Command command) {
    return Stream.concat(envelope(command), body(command.getBody()))
        .map(Supplier::get)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Whether a request id keeps its rule, so that a reply can bear it. */
  static boolean isRequestId(String requestId) {
    return !requestId.isEmpty() && requestId.length() <= MAX_REQUEST_ID;
  }

  /**
   * Why an object that a customer named cannot be asked for, its bucket and version being as in
   * commands. Another bucket may be one that the SDK refuses by itself, as if the store were down;
   * a key may be any that S3 has.
   *
   * @param path members around it, each with a dot behind
   */
  public static Optional<String> location(String path, S3Object object) {
    return Rule.BUCKET
        .violation(path, object.getBucket())
        .or(
            () ->
                when(
                    object.getKey().isEmpty()
                        || object.getKey().getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES,
                    path
                        + "Key is "
                        + Excerpt.quoted(object.getKey())
                        + ": it must have 1 to "
                        + MAX_KEY_BYTES
                        + " bytes in UTF-8."))
        .or(() -> Rule.VERSION_ID.violationIfGiven(path, object.getVersionId()));
  }

  private static Stream<Supplier<Optional<String>>> envelope(Command command) {
    return Stream.of(
        () ->
            when(
                !ACCOUNT.matcher(command.getAccount()).matches(),
                "account is "
                    + Excerpt.quoted(command.getAccount())
                    + ": it must have 1 to 64 letters, digits, hyphens or underscores."),
        () ->
            when(
                command.getRequestId() != null && !isRequestId(command.getRequestId()),
                "requestId is "
                    + Excerpt.quoted(command.getRequestId())
                    + ": it must have 1 to "
                    + MAX_REQUEST_ID
                    + " characters, or be absent."),
        () ->
            when(
                command.getCaller() != null
                    && (command.getCaller().isEmpty() || command.getCaller().length() > MAX_CALLER),
                "caller is "
                    + Excerpt.quoted(command.getCaller())
                    + ": it must have 1 to "
                    + MAX_CALLER
                    + " characters, or be absent."));
  }

  private static Stream<Supplier<Optional<String>>> body(Object body) {
    if (body instanceof CreateProject c) {
      return named(c.getProjectName(), c.getClientToken());
    }
    if (body instanceof DeleteProject c) {
      return named(c.getProjectName(), c.getClientToken());
    }
    if (body instanceof CreateDataset c) {
      return Stream.concat(
          named(c.getProjectName(), c.getClientToken()),
          object("DatasetSource.GroundTruthManifest.S3Object.", c.getGroundTruthManifest()));
    }
    if (body instanceof UpdateDatasetEntries c) {
      return Stream.concat(
          named(c.getProjectName(), c.getClientToken()), object("Changes.", c.getChanges()));
    }
    if (body instanceof DeleteDataset c) {
      return named(c.getProjectName(), c.getClientToken());
    }
    if (body instanceof CreateModel c) {
      S3Location output = c.getOutputConfig().getS3Location();
      return Stream.concat(
          named(c.getProjectName(), c.getClientToken()),
          Stream.of(
              () -> Rule.DESCRIPTION.violationIfGiven("", c.getDescription()),
              () -> Rule.BUCKET.violation("OutputConfig.S3Location.", output.getBucket()),
              () -> Rule.PREFIX.violation("OutputConfig.S3Location.", output.getPrefix()),
              () -> Rule.KMS_KEY_ID.violationIfGiven("", c.getKmsKeyId()),
              () -> tags(c.getTags())));
    }
    if (body instanceof DeleteModel c) {
      return Stream.concat(
          named(c.getProjectName(), c.getClientToken()),
          Stream.of(() -> Rule.MODEL_VERSION.violation(c.getModelVersion())));
    }
    if (body instanceof TagResource c) {
      return Stream.of(
          () -> Rule.RESOURCE_ARN.violation(c.getResourceArn()), () -> tags(c.getTags()));
    }
    if (body instanceof UntagResource c) {
      return Stream.of(
          () -> Rule.RESOURCE_ARN.violation(c.getResourceArn()), () -> tagKeys(c.getTagKeys()));
    }
    return Stream.empty();
  }

  private static Stream<Supplier<Optional<String>>> named(
      String project, @Nullable String clientToken) {
    return Stream.of(
        () -> Rule.PROJECT_NAME.violation(project),
        () -> Rule.CLIENT_TOKEN.violationIfGiven("", clientToken));
  }

  private static Stream<Supplier<Optional<String>>> object(String path, @Nullable S3Object object) {
    return object == null
        ? Stream.empty()
        : Stream.of(
            () -> Rule.BUCKET.violation(path, object.getBucket()),
            () -> Rule.KEY.violation(path, object.getKey()),
            () -> Rule.VERSION_ID.violationIfGiven(path, object.getVersionId()));
  }

  private static Optional<String> tags(List<Tag> tags) {
    return size("Tags", tags)
        .or(() -> unique("Tags", tags.stream().map(Tag::getKey).toList()))
        .or(
            () ->
                tags.stream()
                    .map(
                        tag ->
                            Rule.TAG_KEY
                                .violation("a tag's ", tag.getKey())
                                .or(() -> Rule.TAG_VALUE.violation("a tag's ", tag.getValue())))
                    .flatMap(Optional::stream)
                    .findFirst());
  }

  private static Optional<String> tagKeys(List<String> keys) {
    return size("TagKeys", keys)
        .or(
            () ->
                keys.stream()
                    .map(key -> Rule.TAG_KEY.violation("TagKeys.", key))
                    .flatMap(Optional::stream)
                    .findFirst());
  }

  private static Optional<String> size(String member, List<?> list) {
    return when(
        list.size() > MAX_TAGS,
        member + " has " + list.size() + " entries: give at most " + MAX_TAGS + ".");
  }

  private static Optional<String> unique(String member, List<String> keys) {
    Set<String> seen = new HashSet<>();
    return keys.stream()
        .filter(key -> !seen.add(key))
        .findFirst()
        .map(key -> member + " has the key " + Excerpt.quoted(key) + " twice: give it once.");
  }

  private static Optional<String> when(boolean broken, String sentence) {
    return broken ? Optional.of(sentence) : Optional.empty();
  }
}
