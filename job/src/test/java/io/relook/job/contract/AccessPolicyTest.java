package io.relook.job.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.schemas.access.AccessPolicy;
import io.relook.wire.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessPolicyTest {
  private static final String POLICY =
      """
      {"statements": [
        {"callers": ["line-*"], "operations": ["CreateModel", "TagResource"], "projects": ["cookies"]},
        {"accounts": ["1"], "callers": ["boss"], "operations": ["*"]},
        {"operations": ["CreateProject"], "callers": ["anonymous"]}
      ]}
      """;

  @Test
  @Contract("ACCESS-POLICY")
  void whatNoStatementAllowsIsForbidden() throws Exception {
    AccessPolicy policy = AccessPolicy.parse(POLICY);

    assertThat(policy.allows("9", "line-4", "CreateModel", "cookies")).isTrue();
    assertThat(policy.allows("9", "line-4", "CreateModel", "cookies2")).isFalse();
    assertThat(policy.allows("9", "line-4", "DeleteModel", "cookies")).isFalse();
    assertThat(policy.allows("9", "my-line-4", "CreateModel", "cookies")).isFalse();
    assertThat(policy.allows("1", "boss", "DeleteProject", "toys")).isTrue();
    assertThat(policy.allows("2", "boss", "DeleteProject", "toys")).isFalse();
    assertThat(policy.allows("2", null, "CreateProject", "toys")).isTrue();
    assertThat(policy.allows("2", null, "DeleteProject", "toys")).isFalse();
  }

  @Test
  void patternsAreNotRegularExpressions() throws Exception {
    AccessPolicy policy =
        AccessPolicy.parse("{\"statements\":[{\"operations\":[\"*\"],\"projects\":[\"a.c*\"]}]}");

    assertThat(policy.allows("1", "x", "CreateModel", "a.c-1")).isTrue();
    assertThat(policy.allows("1", "x", "CreateModel", "abc-1")).isFalse();
  }

  @Test
  void aPolicyThatNamesUnknownThingsIsRejected(@TempDir Path directory) throws IOException {
    assertThatThrownBy(
            () ->
                AccessPolicy.parse(
                    "{\"statements\":[{\"operations\":[\"createModel\"]},{\"operations\":[]}]}"))
        .hasMessageContaining(
            "Statement 1 names the operation createModel, which does not exist: use CreateProject,")
        .hasMessageContaining("Statement 2 names no operations: give at least one, or \"*\".");
    assertThatThrownBy(() -> AccessPolicy.parse("{}"))
        .hasMessage("The access policy has no list \"statements\": write {\"statements\": [ … ]}.");
    Path file =
        Files.writeString(directory.resolve("policy.json"), "{\"statements\":[],\"more\":1}");
    assertThatThrownBy(() -> AccessPolicy.read(file))
        .hasMessageContaining("policy.json is not a valid policy: Unrecognized field \"more\"");
    assertThatThrownBy(() -> AccessPolicy.read(directory.resolve("none.json")))
        .hasMessageContaining("none.json cannot be read");
  }

  @Test
  void everyCommandCanBeAllowed() {
    assertThat(
            Command.getClassSchema().getField("body").schema().getTypes().stream()
                .map(Schema::getName))
        .containsExactlyInAnyOrderElementsOf(AccessPolicy.OPERATIONS);
  }
}
