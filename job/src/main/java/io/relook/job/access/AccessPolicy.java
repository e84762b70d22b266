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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
      List<String> operations = policy.statements().get(i).operations();
      String number = "Statement " + (i + 1);
      if (operations == null || operations.isEmpty()) {
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

  private static boolean matches(String pattern, String text) {
    String regex =
        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    return Pattern.compile(regex, Pattern.DOTALL).matcher(text).matches();
  }
}
