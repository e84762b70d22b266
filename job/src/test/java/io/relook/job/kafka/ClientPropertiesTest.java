package io.relook.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientPropertiesTest {
  private static final String SCRAM =
      "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"relook\" ";

  @ParameterizedTest
  @CsvSource({
    "ssl.key.password, hunter2",
    "ssl.keystore.password, hunter2",
    "ssl.truststore.password, hunter2",
    "ssl.keystore.key, -----BEGIN PRIVATE KEY-----",
    "ssl.truststore.password, hunter2${file:/a:b}"
  })
  void aSecretIsRejectedAndNotRepeated(String name, String value) {
    assertThat(ClientProperties.problems(Map.of(name, value)))
        .singleElement()
        .asString()
        .startsWith("kafka.properties." + name + " holds a secret")
        .contains("${file:/path/of/the.file:key}")
        .doesNotContain("hunter2");
  }

  @Test
  void aPasswordOfALoginModuleIsRejected() {
    assertThat(problems("sasl.jaas.config", SCRAM + "password=\"hunter2\";")).isOne();
    assertThat(problems("sasl.jaas.config", SCRAM + "password = hunter2;")).isOne();
    assertThat(problems("sasl.jaas.config", SCRAM + "password = \n \"hunter2\";")).isOne();
    assertThat(problems("sasl.jaas.config", SCRAM + "tokenauth=true password=hunter2;")).isOne();
    assertThat(problems("sasl.jaas.config", "x.OAuth required tokenAuthorization=a;")).isOne();
    assertThat(problems("sasl.jaas.config", "x.OAuth required clientSecret='hunter2';")).isOne();
  }

  @Test
  void referencesAndWhatIsNoSecretAreTaken() {
    assertThat(problems("sasl.jaas.config", SCRAM + "password=\"${file:/s/k:password}\";"))
        .isZero();
    assertThat(problems("sasl.jaas.config", SCRAM + "password  = \"${file:/s/k:password}\";"))
        .isZero();
    assertThat(problems("sasl.jaas.config", SCRAM + "password = ${env:PASSWORD};")).isZero();
    assertThat(problems("sasl.jaas.config", SCRAM + "tokenauth=\"true\" TokenAuth = true;"))
        .isZero();
    assertThat(
            problems("sasl.jaas.config", "software.amazon.msk.auth.iam.IAMLoginModule required;"))
        .isZero();
    assertThat(problems("ssl.truststore.password", "${env:TRUST}")).isZero();
    assertThat(problems("ssl.truststore.certificates", "-----BEGIN CERTIFICATE-----")).isZero();
    assertThat(problems("security.protocol", "SASL_SSL")).isZero();
  }

  private static int problems(String name, String value) {
    return ClientProperties.problems(Map.of(name, value)).size();
  }

  @Test
  void aClientResolvesTheReference(@TempDir Path directory) throws Exception {
    Path secrets = Files.writeString(directory.resolve("secrets.properties"), "password=hunter2\n");
    Map<String, Object> properties =
        new HashMap<>(
            ClientProperties.withProviders(
                Map.of("ssl.key.password", "${file:" + secrets + ":password}")));
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);

    assertThat(new ProducerConfig(properties).getPassword("ssl.key.password"))
        .isEqualTo(new Password("hunter2"));
  }

  @Test
  void providersThatWereNamedStay() {
    Map<String, String> given = Map.of("a", "${vault:x:y}", "config.providers", "vault");

    assertThat(ClientProperties.withProviders(given)).isEqualTo(given);
  }
}
