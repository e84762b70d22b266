package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.schemas.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class StrimziResourcesTest {
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final Path FILE = DEPLOY.resolve("kubernetes/strimzi.yaml");

  @Test
  void theFileHasTopicsAndUsersOfThisVersion() throws IOException {
    String generated = StrimziResources.yaml(acls());
    if (Boolean.getBoolean("relook.reference.write")) {
      Files.writeString(FILE, generated);
      return;
    }

    assertThat(generated)
        .as(
            "deploy/kubernetes/strimzi.yaml differs from the code. Write it with: mvn -Dquick -pl job"
                + " -am test -Dtest=StrimziResourcesTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Drelook.reference.write=true")
        .isEqualTo(Files.readString(FILE));
  }

  @Test
  void everyTopicAndEveryUserIsAResource() throws IOException {
    List<String> names = new ArrayList<>();
    for (Object document : new Yaml().loadAll(StrimziResources.yaml(acls()))) {
      Map<?, ?> resource = (Map<?, ?>) document;
      names.add(resource.get("kind") + " " + name(resource));
    }
    assertThat(names).hasSize(Topic.values().length + 3);
    assertThat(names)
        .contains(
            "KafkaTopic relook.images",
            "KafkaUser relook-job",
            "KafkaUser relook-operator",
            "KafkaUser relook-client");
  }

  private static Object name(Map<?, ?> resource) {
    Map<?, ?> metadata = (Map<?, ?>) Objects.requireNonNull(resource.get("metadata"));
    return Objects.requireNonNull(metadata.get("name"));
  }

  @Test
  void aRightOnAPrefixStaysOne() throws IOException {
    assertThat(StrimziResources.yaml(acls()))
        .contains(
            """
                  - resource:
                      type: transactionalId
                      name: "relook-"
                      patternType: prefix
                    operations: [Write, Describe]
            """);
  }

  private static List<List<String>> acls() throws IOException {
    List<List<String>> files = new ArrayList<>();
    for (String role : List.of("job", "operator", "client")) {
      files.add(Files.readAllLines(DEPLOY.resolve("security/kafka-acls/" + role + ".acls")));
    }
    return files;
  }
}
