package io.relook.schemas.operation;

import io.relook.schemas.Excerpt;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks that several operations share. */
public final class Checks {

  /** Most tags in a list, and on a model (spec: lookout-for-vision.md §2, Tags and TagKeys). */
  public static final int MAX_TAGS = 200;

  /** Longest key that S3 allows, in bytes. */
  private static final int MAX_KEY_BYTES = 1024;

  private static final String RESERVED = "aws:";

  private Checks() {}

  /** Checks of project name and client token. */
  static Stream<Check> named(String project, @Nullable String clientToken) {
    return Stream.of(
        () -> MemberRule.PROJECT_NAME.violation(project),
        () -> MemberRule.CLIENT_TOKEN.violationIfGiven("", clientToken));
  }

  /**
   * Checks of an object that a command names.
   *
   * @param path names of the enclosing members, each followed by a dot
   */
  static Stream<Check> object(String path, @Nullable S3Object object) {
    return object == null
        ? Stream.empty()
        : Stream.of(
            () -> MemberRule.BUCKET.violation(path, object.getBucket()),
            () -> MemberRule.KEY.violation(path, object.getKey()),
            () -> MemberRule.VERSION_ID.violationIfGiven(path, object.getVersionId()));
  }

  /**
   * The rule that an object breaks which an image or a line of a manifest names. Bucket and version
   * follow the rules of commands: the SDK can reject another bucket before it asks the store, which
   * looks as if the store were down. Every key that S3 allows is allowed.
   *
   * @param path names of the enclosing members, each followed by a dot
   */
  public static Optional<String> location(String path, S3Object object) {
    return MemberRule.BUCKET
        .violation(path, object.getBucket())
        .or(() -> key(path, object.getKey()))
        .or(() -> MemberRule.VERSION_ID.violationIfGiven(path, object.getVersionId()));
  }

  private static Optional<String> key(String path, String key) {
    return key.isEmpty() || key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES
        ? Optional.of(
            path
                + "Key is "
                + Excerpt.quoted(key)
                + ": it must have 1 to "
                + MAX_KEY_BYTES
                + " bytes in UTF-8.")
        : Optional.empty();
  }

  static Optional<String> tags(List<Tag> tags) {
    return size("Tags", tags)
        .or(() -> unique("Tags", tags.stream().map(Tag::getKey).toList()))
        .or(() -> first(tags.stream().map(tag -> reserved(tag.getKey()))))
        .or(
            () ->
                first(
                    tags.stream()
                        .map(
                            tag ->
                                MemberRule.TAG_KEY
                                    .violation("a tag's ", tag.getKey())
                                    .or(
                                        () ->
                                            MemberRule.TAG_VALUE.violation(
                                                "a tag's ", tag.getValue())))));
  }

  /**
   * As everywhere at AWS, in any case ("Tag naming limits", Tagging AWS Resources User Guide). Tags
   * with such a key can still be removed: relook took them once.
   */
  private static Optional<String> reserved(String key) {
    return key.regionMatches(true, 0, RESERVED, 0, RESERVED.length())
        ? Optional.of(
            "a tag's Key is "
                + Excerpt.quoted(key)
                + ": keys that begin with aws: are reserved for AWS, choose another one.")
        : Optional.empty();
  }

  static Optional<String> tagKeys(List<String> keys) {
    return size("TagKeys", keys)
        .or(() -> first(keys.stream().map(key -> MemberRule.TAG_KEY.violation("TagKeys.", key))));
  }

  private static Optional<String> first(Stream<Optional<String>> violations) {
    return violations.flatMap(Optional::stream).findFirst();
  }

  private static Optional<String> size(String member, List<?> list) {
    return list.size() > MAX_TAGS
        ? Optional.of(member + " has " + list.size() + " entries: give at most " + MAX_TAGS + ".")
        : Optional.empty();
  }

  private static Optional<String> unique(String member, List<String> keys) {
    Set<String> seen = new HashSet<>();
    return keys.stream()
        .filter(key -> !seen.add(key))
        .findFirst()
        .map(key -> member + " has the key " + Excerpt.quoted(key) + " twice: give it once.");
  }
}
