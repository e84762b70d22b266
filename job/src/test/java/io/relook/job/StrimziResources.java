package io.relook.job;

import io.relook.schemas.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Resources for Strimzi's operators: a KafkaTopic for each topic of the catalogue, and a KafkaUser
 * for each file of access control lists.
 *
 * <p>API version {@code v1} is served from Strimzi 0.49 on, and is the only one from 1.0 on. Fields
 * of an access rule: Strimzi's reference, AclRule.
 */
final class StrimziResources {
  private static final String HEAD =
      """
      # Topics and users of relook for Strimzi (kafka.strimzi.io/v1, Strimzi 0.49 or newer). NOT RUN: see
      # docs/guides/kubernetes.md. Generated from the topic catalogue and ../security/kafka-acls; StrimziResourcesTest writes
      # it. Put your cluster's name in place of KAFKA_CLUSTER.
      """;

  private StrimziResources() {}

  /**
   * The whole file.
   *
   * @param acls lines of each file of access control lists
   */
  static String yaml(List<List<String>> acls) {
    StringBuilder yaml = new StringBuilder(HEAD);
    for (Topic topic : Topic.values()) {
      topic(yaml, topic);
    }
    for (List<String> lines : acls) {
      user(yaml, lines.stream().filter(line -> line.startsWith("--")).toList());
    }
    return yaml.toString();
  }

  private static void head(StringBuilder yaml, String kind, String name) {
    yaml.append(
        """
        ---
        apiVersion: kafka.strimzi.io/v1
        kind: %s
        metadata:
          name: %s
          labels:
            strimzi.io/cluster: KAFKA_CLUSTER
        spec:
        """
            .formatted(kind, name));
  }

  private static void topic(StringBuilder yaml, Topic topic) {
    String name = topic.name(Topic.DEFAULT_PREFIX);
    head(yaml, "KafkaTopic", name);
    yaml.append("  topicName: %s\n  partitions: %d\n".formatted(name, topic.partitions()));
    yaml.append("  config:\n");
    topic.config().forEach((key, value) -> yaml.append("    %s: \"%s\"\n".formatted(key, value)));
  }

  private static void user(StringBuilder yaml, List<String> lines) {
    head(yaml, "KafkaUser", Rule.of(lines.get(0)).one("--allow-principal").replace("User:", ""));
    yaml.append(
        """
          authentication:
            type: scram-sha-512
          authorization:
            type: simple
            acls:
        """);
    for (String line : lines) {
      rules(yaml, Rule.of(line));
    }
  }

  private static void rules(StringBuilder yaml, Rule rule) {
    String pattern =
        switch (rule.one("--resource-pattern-type")) {
          case "prefixed" -> "prefix";
          case "" -> "literal";
          default -> throw new IllegalArgumentException(rule.toString());
        };
    String operations = String.join(", ", rule.all("--operation"));
    Map<String, String> types =
        Map.of("--topic", "topic", "--group", "group", "--transactional-id", "transactionalId");
    Stream.of("--topic", "--group", "--transactional-id")
        .forEach(
            option ->
                rule.all(option)
                    .forEach(
                        name ->
                            yaml.append(
                                """
                                      - resource:
                                          type: %s
                                          name: "%s"
                                          patternType: %s
                                        operations: [%s]
                                """
                                    .formatted(types.get(option), name, pattern, operations))));
    if (rule.options().containsKey("--cluster")) {
      yaml.append(
          """
                - resource:
                    type: cluster
                  operations: [%s]
          """
              .formatted(operations));
    }
  }

  /** One line of a file: the arguments of {@code kafka-acls.sh --add}. */
  private record Rule(Map<String, List<String>> options) {
    static Rule of(String line) {
      Map<String, List<String>> options = new LinkedHashMap<>();
      List<String> values = new ArrayList<>();
      for (String word : line.trim().split(" +")) {
        if (word.startsWith("--")) {
          values = options.computeIfAbsent(word, option -> new ArrayList<>());
        } else {
          values.add(word);
        }
      }
      return new Rule(options);
    }

    List<String> all(String option) {
      return options.getOrDefault(option, List.of());
    }

    String one(String option) {
      return String.join(" ", all(option));
    }
  }
}
