package io.relook.job.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/**
 * Properties of the Kafka clients in a form that may be part of the job graph: secrets only as
 * references, such as {@code ${file:/run/secrets/kafka.properties:password}}. Kafka resolves a
 * reference where it creates a client, on the job and task managers. The job graph, Flink's REST
 * API and the high-availability store only hold the reference.
 */
public final class ClientProperties {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^:}]+:[^}]+}");

  /**
   * Finds an option of a login module that is a secret and is not given by reference. Blanks are
   * matched possessively, so a blank never counts as the value. {@code tokenauth} is not a secret:
   * its value is yes or no.
   */
  private static final Pattern LITERAL_IN_JAAS =
      Pattern.compile(
          "(?i)[a-z]*(password|secret|passphrase|token(?!auth\\s*+=))[a-z]*\\s*+=\\s*+(?!\"?\\$\\{[^:}]+:)");

  /** Kafka hides these like passwords, but they are certificates. */
  private static final Set<String> PUBLIC =
      Set.of(
          SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
          SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG);

  /** Kafka's own providers, under the names that its documentation uses. */
  private static final Map<String, String> PROVIDERS =
      Map.of(
          "directory", "org.apache.kafka.common.config.provider.DirectoryConfigProvider",
          "env", "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
          "file", "org.apache.kafka.common.config.provider.FileConfigProvider");

  private ClientProperties() {}

  /**
   * A sentence for each property that would put a secret into the job graph. The sentence never
   * holds the value.
   */
  public static List<String> problems(Map<String, String> given) {
    List<String> problems = new ArrayList<>();
    new TreeMap<>(given)
        .forEach(
            (name, value) -> {
              if (carriesSecret(name, value)) {
                problems.add(
                    "kafka.properties."
                        + name
                        + " holds a secret, and everybody who sees Flink's job graph could read"
                        + " it: put the secret into a file on the job and task managers and write"
                        + " ${file:/path/of/the.file:key}, or ${env:VARIABLE}, instead.");
              }
            });
    return problems;
  }

  private static boolean carriesSecret(String name, String value) {
    if (name.equals(SaslConfigs.SASL_JAAS_CONFIG)) {
      return LITERAL_IN_JAAS.matcher(value).find();
    }
    return isPassword(name) && !PUBLIC.contains(name) && !REFERENCE.matcher(value).matches();
  }

  private static boolean isPassword(String name) {
    for (ConfigDef client :
        List.of(
            ConsumerConfig.configDef(),
            ProducerConfig.configDef(),
            AdminClientConfig.configDef())) {
      ConfigDef.ConfigKey key = client.configKeys().get(name);
      if (key != null && key.type == ConfigDef.Type.PASSWORD) {
        return true;
      }
    }
    return false;
  }

  /**
   * Adds Kafka's own providers {@code file}, {@code env} and {@code directory}, when the properties
   * hold a reference and name no provider.
   */
  public static Map<String, String> withProviders(Map<String, String> given) {
    boolean refers = given.values().stream().anyMatch(value -> REFERENCE.matcher(value).find());
    if (!refers || given.containsKey(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
      return Map.copyOf(given);
    }
    Map<String, String> with = new TreeMap<>(given);
    with.put(
        AbstractConfig.CONFIG_PROVIDERS_CONFIG,
        String.join(",", new TreeMap<>(PROVIDERS).keySet()));
    PROVIDERS.forEach(
        (name, type) ->
            with.put(AbstractConfig.CONFIG_PROVIDERS_CONFIG + "." + name + ".class", type));
    return Map.copyOf(with);
  }
}
