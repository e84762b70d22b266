package io.relook.job.contract;

import static io.relook.job.registry.RegistryFixtures.NOON;
import static io.relook.job.registry.RegistryFixtures.aCreateModel;
import static io.relook.job.registry.RegistryFixtures.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.schemas.operation.CommandRules;
import io.relook.wire.Command;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteModel;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.UntagResource;
import io.relook.wire.UpdateDatasetEntries;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Change one field, read the exact sentence. */
class CommandRulesTest {

  @Test
  void aGoodCommandBreaksNoRule() {
    assertGood(
        aCreateModel()
            .setDescription("line-4_night.shift")
            .setClientToken("a-B-9")
            .setKmsKeyId("arn:aws:kms:us-east-1:123456789012:key/1234")
            .setTags(List.of(new Tag("Größe", ""), new Tag("a b", "c.d:e/f=g+h-i@j")))
            .build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"aws:", "aws:line", "AWS:line", "Aws:cloudformation:stack-name", "aWs:x"})
  void tagKeysThatAwsReservesAreRefused(String key) {
    String sentence =
        "a tag's Key is '"
            + key
            + "': keys that begin with aws: are reserved for AWS, choose another one.";
    String arn = "arn:aws:lookoutvision:us-east-1:123456789012:model/bolts/3";

    assertThat(of(aCreateModel().setTags(List.of(new Tag(key, "v"))).build())).contains(sentence);
    assertThat(of(new TagResource(arn, List.of(new Tag(key, "v"))))).contains(sentence);
    assertGood(new UntagResource(arn, List.of(key)));
    assertGood(new TagResource(arn, List.of(new Tag("x" + key, key), new Tag("aws", "a"))));
  }

  @Test
  void theShortestAndTheLongestAreGood() {
    assertGood(new CreateProject("a", "t"));
    assertGood(new CreateProject("a".repeat(255), "t".repeat(64)));
    assertGood(aCreateModel().setDescription("d".repeat(500)).setKmsKeyId("k").build());
    assertGood(aCreateModel().setKmsKeyId("k".repeat(2048)).build());
    assertGood(output("abc", ""));
    assertGood(output("b".repeat(63), "p".repeat(1024)));
    assertGood(aCreateModel().setTags(List.of(new Tag("k".repeat(128), "v".repeat(256)))).build());
  }

  @Test
  void account() {
    assertThat(
            CommandRules.violation(
                new Command("r", "12/34", null, NOON, new CreateProject("bolts", null))))
        .contains(
            "account is '12/34': it must have 1 to 64 letters, digits, hyphens or underscores.");
  }

  @Test
  @Contract("MEMBER-PROJECT-NAME")
  void projectNameWithoutText() {
    assertThat(of(new CreateProject("", null)))
        .contains("ProjectName is '' with 0 characters: it must have 1 to 255.");
    assertThat(of(aCreateModel().setProjectName("").build()))
        .contains("ProjectName is '' with 0 characters: it must have 1 to 255.");
  }

  @Test
  @Contract("MEMBER-PROJECT-NAME")
  void aLongValueIsShownInPart() {
    assertThat(of(new CreateProject("a".repeat(256), null)))
        .contains(
            "ProjectName is '" + "a".repeat(80) + "…' with 256 characters: it must have 1 to 255.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-bolts", "_bolts", "bolts/1", "bolts 1", "bölts", "bolts\n"})
  @Contract("MEMBER-PROJECT-NAME")
  void projectNameOfOtherCharacters(String name) {
    assertThat(of(new CreateProject(name, null)))
        .contains(
            "ProjectName is '"
                + name
                + "': it may only have letters, digits, hyphens and underscores, beginning with a"
                + " letter or digit.");
  }

  @Test
  @Contract("MEMBER-CLIENT-TOKEN")
  void clientToken() {
    assertThat(of(new CreateProject("bolts", "")))
        .contains("ClientToken is '' with 0 characters: it must have 1 to 64.");
    assertThat(of(aCreateModel().setClientToken("t".repeat(65)).build()))
        .contains(
            "ClientToken is '" + "t".repeat(65) + "' with 65 characters: it must have 1 to 64.");
    assertThat(of(aCreateModel().setClientToken("a_b").build()))
        .contains("ClientToken is 'a_b': it may only have letters, digits and hyphens.");
  }

  @Test
  @Contract("MEMBER-DESCRIPTION")
  void description() {
    assertThat(of(aCreateModel().setDescription("").build()))
        .contains("Description is '' with 0 characters: it must have 1 to 500.");
    assertThat(of(aCreateModel().setDescription("two words").build()))
        .contains(
            "Description is 'two words': it may only have letters, digits, dots, hyphens and"
                + " underscores, and no spaces.");
  }

  @Test
  @Contract("MEMBER-BUCKET")
  void bucket() {
    assertThat(of(output("ab", "")))
        .contains(
            "OutputConfig.S3Location.Bucket is 'ab' with 2 characters: it must have 3 to 63.");
    assertThat(of(output("a/b", "")))
        .contains(
            "OutputConfig.S3Location.Bucket is 'a/b': it may only have letters, digits, dots,"
                + " hyphens and underscores.");
  }

  @Test
  @Contract("MEMBER-PREFIX")
  void prefix() {
    assertThat(of(output("models", "/relook")))
        .contains(
            "OutputConfig.S3Location.Prefix is '/relook': it may only have letters, digits and / !"
                + " _ . * ' ( ) -, and no / at the start.");
    assertThat(of(output("models", "p".repeat(1025))))
        .contains(
            "OutputConfig.S3Location.Prefix is '"
                + "p".repeat(80)
                + "…' with 1025 characters: it must have 0 to 1024.");
  }

  @Test
  @Contract("MEMBER-KMS-KEY-ID")
  void kmsKeyId() {
    assertThat(of(aCreateModel().setKmsKeyId("").build()))
        .contains("KmsKeyId is '' with 0 characters: it must have 1 to 2048.");
    assertThat(of(aCreateModel().setKmsKeyId("/key").build()))
        .contains("KmsKeyId is '/key': it must be a key id, an alias or the ARN of either.");
  }

  @Test
  @Contract("MEMBER-TAGS")
  void tags() {
    List<Tag> many = IntStream.range(0, 201).mapToObj(i -> new Tag("k" + i, "")).toList();

    assertThat(of(aCreateModel().setTags(many).build()))
        .contains("Tags has 201 entries: give at most 200.");
    assertGood(aCreateModel().setTags(many.subList(0, 200)).build());
    assertThat(of(aCreateModel().setTags(Collections.nCopies(2, new Tag("a", "b"))).build()))
        .contains("Tags has the key 'a' twice: give it once.");
    assertThat(of(tagged("", "b")))
        .contains("a tag's Key is '' with 0 characters: it must have 1 to 128.");
    assertThat(of(tagged("a", "v".repeat(257))))
        .contains(
            "a tag's Value is '"
                + "v".repeat(80)
                + "…' with 257 characters: it must have 0 to 256.");
    assertThat(of(tagged("a;b", "b")))
        .contains(
            "a tag's Key is 'a;b': it may only have letters, digits, spaces and _ . : / = + - @.");
    assertThat(of(tagged("a", "b!")))
        .contains(
            "a tag's Value is 'b!': it may only have letters, digits, spaces and _ . : / = + - @.");
  }

  @Test
  @Contract("MEMBER-MODEL-VERSION")
  void modelVersion() {
    assertGood(new DeleteModel("bolts", "9999999999", null));
    for (String version : List.of("0", "01", "latest", "-1")) {
      assertThat(of(new DeleteModel("bolts", version, null)))
          .contains("ModelVersion is '" + version + "': it must be a decimal number such as 3.");
    }
    assertThat(of(new DeleteModel("bolts", "12345678901", null)))
        .contains("ModelVersion is '12345678901' with 11 characters: it must have 1 to 10.");
  }

  @Test
  @Contract("MEMBER-MANIFEST")
  void locationOfAManifest() {
    assertGood(manifest(new S3Object("abc", "k".repeat(1024), "v".repeat(1024))));
    assertGood(new CreateDataset("bolts", DatasetType.TRAIN, null, null));
    assertThat(of(manifest(new S3Object("ab", "k", null))))
        .contains(
            "DatasetSource.GroundTruthManifest.S3Object.Bucket is 'ab' with 2 characters: it must"
                + " have 3 to 63.");
    assertThat(of(manifest(new S3Object("abc", "/k", null))))
        .contains(
            "DatasetSource.GroundTruthManifest.S3Object.Key is '/k': it may only have letters,"
                + " digits and / ! _ . * ' ( ) -, and no / at the start.");
    assertThat(of(manifest(new S3Object("abc", "k", ""))))
        .contains(
            "DatasetSource.GroundTruthManifest.S3Object.VersionId is '' with 0 characters: it must"
                + " have 1 to 1024.");
    assertThat(
            of(
                new UpdateDatasetEntries(
                    "bolts", DatasetType.TEST, new S3Object("abc", "", null), null)))
        .contains("Changes.Key is '' with 0 characters: it must have 1 to 1024.");
  }

  @Test
  @Contract("MEMBER-RESOURCE-ARN")
  void resourceArn() {
    String arn = "arn:aws:lookoutvision:us-east-1:123456789012:model/bolts/1";
    assertGood(new TagResource(arn, List.of(new Tag("a", "b"))));
    for (String other : List.of(arn.replace("model", "project"), arn + "x", "bolts/1")) {
      assertThat(of(new TagResource(other, List.of())))
          .contains(
              "ResourceArn is '"
                  + other
                  + "': it must be the ARN of a model, such as"
                  + " arn:aws:lookoutvision:us-east-1:123456789012:model/bolts/3; only models have"
                  + " tags.");
    }
    assertThat(of(new UntagResource("", List.of())).orElseThrow())
        .startsWith("ResourceArn is '' with 0 characters");
  }

  @Test
  @Contract("MEMBER-TAG-KEYS")
  void tagKeys() {
    String arn = "arn:aws:lookoutvision:us-east-1:123456789012:model/bolts/1";
    assertGood(new UntagResource(arn, Collections.nCopies(200, "a")));
    assertThat(of(new UntagResource(arn, Collections.nCopies(201, "a"))))
        .contains("TagKeys has 201 entries: give at most 200.");
    assertThat(of(new UntagResource(arn, List.of("a", ""))))
        .contains("TagKeys.Key is '' with 0 characters: it must have 1 to 128.");
  }

  private static CreateDataset manifest(S3Object manifest) {
    return new CreateDataset("bolts", DatasetType.TRAIN, manifest, null);
  }

  private static Optional<String> of(Object body) {
    return CommandRules.violation(command("r-1", body));
  }

  private static void assertGood(Object body) {
    assertThat(of(body)).isEmpty();
  }

  private static CreateModel output(String bucket, String prefix) {
    return aCreateModel().setOutputConfig(new OutputConfig(new S3Location(bucket, prefix))).build();
  }

  private static CreateModel tagged(String key, String value) {
    return aCreateModel().setTags(List.of(new Tag(key, value))).build();
  }
}
