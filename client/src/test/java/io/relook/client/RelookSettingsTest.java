package io.relook.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class RelookSettingsTest {
  /** A value of each setting that is not its default, three times. */
  private static final Map<Setting, String[]> OTHER =
      Map.of(
          Setting.BOOTSTRAP_SERVERS, new String[] {"flag:1", "env:1", "file:1"},
          Setting.S3_ENDPOINT, new String[] {"http://flag:1", "http://env:1", "http://file:1"},
          Setting.S3_REGION, new String[] {"flag-1", "env-1", "file-1"},
          Setting.S3_PATH_STYLE, new String[] {"true", "true", "true"},
          Setting.TOPIC_PREFIX, new String[] {"flag.", "env.", "file."},
          Setting.ACCOUNT, new String[] {"flag", "env", "file"},
          Setting.CALLER, new String[] {"flag", "env", "file"},
          Setting.IMAGES_LOCATION, new String[] {"s3://flag/", "s3://env/", "s3://file/"},
          Setting.TIMEOUT, new String[] {"1ms", "2ms", "3ms"});

  @TempDir private Path directory;

  @Test
  void aFlagWinsOverTheEnvironmentThatOverTheFileThatOverTheDefault() {
    for (Setting setting : Setting.values()) {
      String[] values = Objects.requireNonNull(OTHER.get(setting));
      Map<Setting, String> flag = new EnumMap<>(Map.of(setting, values[0]));
      Map<String, String> env = Map.of(setting.variable(), values[1]);
      Map<String, String> file = Map.of(setting.key(), values[2]);
      assertThat(resolve(flag, env, file).text(setting)).isEqualTo(values[0]);
      assertThat(resolve(Map.of(), env, file).text(setting)).isEqualTo(values[1]);
      assertThat(resolve(Map.of(), Map.of(), file).text(setting)).isEqualTo(values[2]);
      assertThat(resolve(Map.of(), Map.of(), file).given()).containsExactly(setting);
    }
  }

  @Test
  void theDefaultsAreThoseOfTheCatalogue() {
    RelookSettings settings = resolve(Map.of(), Map.of(), Map.of());
    assertThat(settings.kafka().bootstrapServers()).isEqualTo("127.0.0.1:9092");
    assertThat(settings.kafka().topicPrefix()).isEqualTo("relook.");
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.store().imagesLocation()).isEqualTo(new S3Uri("relook", "uploads/"));
    assertThat(settings.store().endpoint()).isEmpty();
    assertThat(settings.store().pathStyle()).isFalse();
    assertThat(settings.given()).isEmpty();
  }

  @Test
  void anEndpointMeansPathStyleUnlessItIsSet() {
    RelookSettings settings =
        resolve(Map.of(Setting.S3_ENDPOINT, "http://a:1"), Map.of(), Map.of());
    assertThat(settings.store().pathStyle()).isTrue();
    assertThat(settings.with(Setting.S3_PATH_STYLE, "false").store().pathStyle()).isFalse();
  }

  @Test
  void kafkasOwnPropertiesComeFromAllThreeSources() {
    RelookSettings settings =
        RelookSettings.resolve(
            Map.of(),
            Map.of("c", "flag"),
            Map.of("RELOOK_KAFKA_SECURITY_PROTOCOL", "SSL", "RELOOK_KAFKA_C", "env"),
            Map.of("kafka.properties.a", "file", "kafka.properties.c", "file"));
    assertThat(settings.kafka().properties())
        .isEqualTo(Map.of("a", "file", "security.protocol", "SSL", "c", "flag"));
  }

  @Test
  void printsNoSecrets() {
    RelookSettings settings =
        RelookSettings.resolve(
            Map.of(), Map.of("sasl.jaas.config", "password=hunter2"), Map.of(), Map.of());
    assertThat(settings.toString()).contains("sasl.jaas.config").doesNotContain("hunter2");
  }

  @Test
  void anUnknownKeyInTheFileIsNamed() {
    assertThatThrownBy(() -> resolve(Map.of(), Map.of(), Map.of("kafka.bootstrap", "a:1")))
        .isInstanceOf(RelookException.class)
        .hasMessageStartingWith(
            "The configuration file has the unknown key kafka.bootstrap; known keys are");
  }

  @Test
  void aWrongValueIsNamedWithItsSource() {
    Map<String, String> cases = new HashMap<>();
    cases.put(
        "RELOOK_TIMEOUT=soon",
        "The value 'soon' of the environment variable RELOOK_TIMEOUT must be a number with a unit,"
            + " such as 500ms, 30s, 2m or 8h.");
    cases.put(
        "RELOOK_ACCOUNT=a/b",
        "The value 'a/b' of the environment variable RELOOK_ACCOUNT must be 1 to 64 of the"
            + " characters a-z A-Z 0-9 _ -.");
    cases.put(
        "RELOOK_S3_ENDPOINT=localhost",
        "The value 'localhost' of the environment variable RELOOK_S3_ENDPOINT must be an address"
            + " such as http://127.0.0.1:9000.");
    cases.put(
        "RELOOK_S3_PATH_STYLE=yes",
        "The value 'yes' of the environment variable RELOOK_S3_PATH_STYLE must be true or false.");
    cases.put(
        "RELOOK_IMAGES_LOCATION=/tmp",
        "The value '/tmp' of the environment variable RELOOK_IMAGES_LOCATION must be"
            + " s3://bucket/prefix.");
    cases.put(
        "RELOOK_BOOTSTRAP_SERVERS=broker",
        "The value 'broker' of the environment variable RELOOK_BOOTSTRAP_SERVERS must be"
            + " host:port, or several of them separated by commas.");
    cases.forEach(
        (given, sentence) -> {
          String[] parts = given.split("=", 2);
          assertThatThrownBy(() -> resolve(Map.of(), Map.of(parts[0], parts[1]), Map.of()))
              .isInstanceOf(RelookException.class)
              .hasMessage(sentence);
        });
  }

  @Test
  void aFileIsReadAsProperties() throws IOException {
    Path file = directory.resolve("relook.properties");
    Files.writeString(file, "# a comment\naccount = acme \nkafka.properties.client.id=x\n");
    RelookSettings settings = resolve(Map.of(), Map.of(), RelookSettings.readFile(file));
    assertThat(settings.account()).isEqualTo("acme");
    assertThat(settings.kafka().properties()).containsEntry("client.id", "x");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> RelookSettings.readFile(Path.of("/nowhere/relook.properties")))
        .isInstanceOf(RelookException.class)
        .hasMessage("The configuration file /nowhere/relook.properties cannot be read.");
  }

  @Test
  void s3AddressesAreTakenRaw() {
    assertThat(S3Uri.parse("s3://b")).contains(new S3Uri("b", ""));
    assertThat(S3Uri.parse("s3://b/p/x-")).contains(new S3Uri("b", "p/x-"));
    assertThat(S3Uri.parse("s3://b//p")).contains(new S3Uri("b", "/p"));
    assertThat(S3Uri.parse("s3:///p")).isEmpty();
    assertThat(S3Uri.parse("http://b/p")).isEmpty();
  }

  private static RelookSettings resolve(
      Map<Setting, String> flags, Map<String, String> environment, Map<String, String> file) {
    return RelookSettings.resolve(flags, Map.of(), environment, file);
  }
}
