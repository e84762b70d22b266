package io.relook.schemas.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.wire.Command;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Says which caller may do which operation on which project, and which objects relook reads and
 * writes for it. Statements only allow: what no statement allows is forbidden. In every pattern
 * {@code *} stands for any characters.
 */
public record AccessPolicy(List<Statement> statements) implements Serializable {

  /** Operations that a statement can name, all that a command can hold; {@code *} names all. */
  public static final List<String> OPERATIONS =
      Command.getClassSchema().getField("body").schema().getTypes().stream()
          .map(Schema::getName)
          .toList();

  /** The caller of a command that names none. */
  static final String ANONYMOUS = "anonymous";

  private static final long MAX_BYTES = 1024 * 1024;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  public AccessPolicy {
    statements = List.copyOf(statements);
  }

  /**
   * Allows operations. An absent list allows all.
   *
   * @param accounts patterns of accounts
   * @param callers patterns of callers
   * @param operations names of operations, at least one
   * @param projects patterns of projects
   * @param readBuckets patterns of the objects that these operations may have read, as {@code
   *     bucket/key}
   * @param writeBuckets patterns of the locations that they may have written, as {@code
   *     bucket/prefix}
   */
  public record Statement(
      @Nullable List<String> accounts,
      @Nullable List<String> callers,
      List<String> operations,
      @Nullable List<String> projects,
      @Nullable List<String> readBuckets,
      @Nullable List<String> writeBuckets)
      implements Serializable {}

  /**
   * Reads a policy.
   *
   * @throws IllegalArgumentException with everything that is wrong in the file
   */
  public static AccessPolicy read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException(
            "The access policy "
                + file
                + " has more than "
                + MAX_BYTES
                + " bytes: use patterns with * instead of long lists.");
      }
      return parse(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "The access policy " + file + " is not a valid policy: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The access policy "
              + file
              + " cannot be read as UTF-8 text: check its path and its encoding.",
          e);
    }
  }

  /** Reads a policy from its text. */
  public static AccessPolicy parse(String json) throws JsonProcessingException {
    JsonNode root = JSON.readTree(json);
    if (!root.path("statements").isArray()) {
      throw new IllegalArgumentException(
          "The access policy has no list \"statements\": write {\"statements\": [ … ]}.");
    }
    AccessPolicy policy = JSON.treeToValue(root, AccessPolicy.class);
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < policy.statements().size(); i++) {
      Statement statement = policy.statements().get(i);
      List<String> operations = statement.operations();
      String number = "Statement " + (i + 1);
      if (holdsNull(operations)
          || holdsNull(statement.accounts())
          || holdsNull(statement.callers())
          || holdsNull(statement.projects())
          || holdsNull(statement.readBuckets())
          || holdsNull(statement.writeBuckets())) {
        problems.add(number + " has null in a list: give text, or leave the whole list out.");
      } else if (operations == null || operations.isEmpty()) {
        problems.add(number + " names no operations: give at least one, or \"*\".");
      } else {
        operations.stream()
            .filter(operation -> !operation.equals("*") && !OPERATIONS.contains(operation))
            .forEach(
                operation ->
                    problems.add(
                        number
                            + " names the operation "
                            + operation
                            + ", which does not exist: use "
                            + String.join(", ", OPERATIONS)
                            + " or \"*\"."));
        Stream.of(statement.readBuckets(), statement.writeBuckets())
            .filter(Objects::nonNull)
            .flatMap(List::stream)
            .filter(pattern -> !pattern.equals("*") && pattern.indexOf('/') < 1)
            .forEach(
                pattern ->
                    problems.add(
                        number
                            + " names the location "
                            + pattern
                            + ", which has no bucket or no slash: write BUCKET/* for a whole"
                            + " bucket, or BUCKET/PREFIX*."));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    return policy;
  }

  private static boolean holdsNull(@Nullable List<String> texts) {
    return texts != null && texts.stream().anyMatch(Objects::isNull);
  }

  /**
   * Whether a caller may do an operation on a project.
   *
   * @param caller null when the command names none
   */
  public boolean allows(String account, @Nullable String caller, String operation, String project) {
    return allowing(account, caller, operation, project).findAny().isPresent();
  }

  /**
   * Whether an operation may have an object read for a caller.
   *
   * @param caller null when the command names none
   */
  public boolean allowsRead(
      String account,
      @Nullable String caller,
      String operation,
      String project,
      String bucket,
      String key) {
    return allowing(account, caller, operation, project)
        .anyMatch(statement -> matches(statement.readBuckets(), bucket + "/" + key));
  }

  /**
   * Whether an operation may have objects written for a caller.
   *
   * @param caller null when the command names none
   * @param prefix first part of their keys
   */
  public boolean allowsWrite(
      String account,
      @Nullable String caller,
      String operation,
      String project,
      String bucket,
      String prefix) {
    return allowing(account, caller, operation, project)
        .anyMatch(statement -> matches(statement.writeBuckets(), bucket + "/" + prefix));
  }

  /** Whether any caller of the account may have an object read for a project. */
  public boolean allowsReadByAnyCaller(String account, String project, String bucket, String key) {
    return statements.stream()
        .anyMatch(
            statement ->
                matches(statement.accounts(), account)
                    && matches(statement.projects(), project)
                    && matches(statement.readBuckets(), bucket + "/" + key));
  }

  private Stream<Statement> allowing(
      String account, @Nullable String caller, String operation, String project) {
    String who = caller == null ? ANONYMOUS : caller;
    return statements.stream()
        .filter(
            statement ->
                matches(statement.operations(), operation)
                    && matches(statement.accounts(), account)
                    && matches(statement.callers(), who)
                    && matches(statement.projects(), project));
  }

  private static boolean matches(@Nullable List<String> patterns, String text) {
    return patterns == null || patterns.stream().anyMatch(pattern -> matches(pattern, text));
  }

  /**
   * Matches by going back to the last star only. A regular expression takes exponential time for
   * some patterns with many stars, and the sender of the command chooses the text.
   */
  private static boolean matches(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = t;
      } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
