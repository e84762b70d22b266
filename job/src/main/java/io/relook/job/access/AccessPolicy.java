package io.relook.job.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says which caller may do which operation on which project. Statements only allow; what none
 * allows is forbidden. In every pattern {@code *} stands for any characters.
 */
public record AccessPolicy(List<Statement> statements) implements Serializable {

  /** Operations that a statement can name; {@code *} names all. */
  static final List<String> OPERATIONS =
      List.of(
          "CreateProject",
          "DeleteProject",
          "CreateDataset",
          "UpdateDatasetEntries",
          "DeleteDataset",
          "CreateModel",
          "DeleteModel",
          "TagResource",
          "UntagResource",
          "PutRetrainPolicy",
          "PromoteModel");

  /** Who sends a command that names no caller. */
  static final String ANONYMOUS = "anonymous";

  private static final long MAX_BYTES = 1024 * 1024;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  public AccessPolicy {
    statements = List.copyOf(statements);
  }

  /**
   * Allows operations. Absent patterns allow all.
   *
   * @param operations names of operations, at least one
   */
  public record Statement(
      @Nullable List<String> accounts,
      @Nullable List<String> callers,
      List<String> operations,
      @Nullable List<String> projects)
      implements Serializable {}

  /**
   * Reads a policy.
   *
   * @throws IllegalArgumentException naming everything in the file that is wrong
   */
  public static AccessPolicy read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException(
            "The access policy " + file + " has more than " + MAX_BYTES + " bytes.");
      }
      return parse(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "The access policy " + file + " is no policy: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The access policy " + file + " cannot be read as UTF-8 text.", e);
    }
  }

  static AccessPolicy parse(String json) throws JsonProcessingException {
    JsonNode root = JSON.readTree(json);
    if (!root.path("statements").isArray()) {
      throw new IllegalArgumentException("The access policy has no list \"statements\".");
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
          || holdsNull(statement.projects())) {
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
                            + ": there are "
                            + String.join(", ", OPERATIONS)
                            + " and \"*\"."));
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
   * @param caller null for one that is not named
   */
  public boolean allows(String account, @Nullable String caller, String operation, String project) {
    String who = caller == null ? ANONYMOUS : caller;
    return statements.stream()
        .anyMatch(
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
   * Matches with one look back, at the last star: a regular expression would take exponential time
   * for some patterns with many stars, and the text is chosen by whoever sends the command.
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
