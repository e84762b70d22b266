package io.relook.client;

import io.relook.client.RelookException.Kind;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How to reach a relook installation. A flag wins over an environment variable, the variable over a
 * file, the file over the default. AWS credentials are not among the settings: they come from the
 * SDK's default provider chain.
 *
 * @param caller who sends commands; empty for anonymous
 * @param timeout how long to wait for brokers, the store and replies
 * @param given settings that were given, and so do not have their default
 */
public record RelookSettings(
    Kafka kafka,
    Store store,
    String account,
    Optional<String> caller,
    Duration timeout,
    Set<Setting> given) {

  private static final Pattern ACCOUNT = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  public RelookSettings {
    given = Set.copyOf(given);
  }

  /**
   * How to reach the brokers.
   *
   * @param properties of all Kafka clients; they may hold secrets and are never printed
   */
  public record Kafka(String bootstrapServers, Map<String, String> properties, String topicPrefix) {
    public Kafka {
      properties = Map.copyOf(properties);
    }

    /** The brokers, the prefix and the names of the properties. */
    @Override
    public String toString() {
      return "Kafka[" + bootstrapServers + ", " + topicPrefix + ", " + properties.keySet() + "]";
    }
  }

  /**
   * How to reach the S3 service.
   *
   * @param endpoint empty for that of AWS in the region
   * @param pathStyle whether the bucket is named in the path
   * @param imagesLocation where large pictures are uploaded
   */
  public record Store(
      Optional<URI> endpoint, String region, boolean pathStyle, S3Uri imagesLocation) {}

  /** The default settings with this broker. */
  public static RelookSettings of(String bootstrapServers) {
    return resolve(
        Map.of(Setting.BOOTSTRAP_SERVERS, bootstrapServers), Map.of(), Map.of(), Map.of());
  }

  /** These settings with another value of one of them. */
  public RelookSettings with(Setting setting, String value) {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    for (Setting kept : given) {
      flags.put(kept, text(kept));
    }
    flags.put(setting, value);
    return resolve(flags, kafka.properties(), Map.of(), Map.of());
  }

  /**
   * The settings from flags, environment and file.
   *
   * @param flags settings given on the command line
   * @param kafkaFlags Kafka's own properties given on the command line
   * @param environment environment variables; those without RELOOK_ in front are ignored
   * @param file what {@link #readFile} returned
   * @throws RelookException with the wrong setting, its source and its rule
   */
  public static RelookSettings resolve(
      Map<Setting, String> flags,
      Map<String, String> kafkaFlags,
      Map<String, String> environment,
      Map<String, String> file) {
    Map<Setting, Value> values = new EnumMap<>(Setting.class);
    Map<String, String> kafka = new TreeMap<>();
    file.forEach(
        (key, value) -> {
          if (key.startsWith(Setting.KAFKA_PROPERTY_KEY)) {
            kafka.put(key.substring(Setting.KAFKA_PROPERTY_KEY.length()), value);
          } else {
            Setting setting =
                Setting.byKey(key)
                    .orElseThrow(
                        () ->
                            new RelookException(
                                Kind.USAGE,
                                "The configuration file has the unknown key %s; known keys are %s."
                                    .formatted(key, knownKeys())));
            values.put(setting, new Value(value, "the key " + key));
          }
        });
    environment.forEach(
        (variable, value) -> {
          if (variable.startsWith(Setting.KAFKA_PROPERTY_VARIABLE)) {
            kafka.put(
                variable
                    .substring(Setting.KAFKA_PROPERTY_VARIABLE.length())
                    .toLowerCase(Locale.ROOT)
                    .replace('_', '.'),
                value);
          }
        });
    for (Setting setting : Setting.values()) {
      String variable = environment.get(setting.variable());
      if (variable != null && !variable.isBlank()) {
        values.put(setting, new Value(variable, "the environment variable " + setting.variable()));
      }
      String flag = flags.get(setting);
      if (flag != null) {
        values.put(setting, new Value(flag, setting.flag()));
      }
    }
    kafka.putAll(kafkaFlags);
    return from(values, kafka);
  }

  /**
   * The keys and values of a Java properties file.
   *
   * @throws RelookException when it cannot be read
   */
  public static Map<String, String> readFile(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new RelookException(
          Kind.USAGE, "The configuration file " + file + " cannot be read.", e);
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (String key : properties.stringPropertyNames()) {
      values.put(key, properties.getProperty(key, "").strip());
    }
    return values;
  }

  private static RelookSettings from(Map<Setting, Value> values, Map<String, String> kafka) {
    Value endpoint = value(values, Setting.S3_ENDPOINT);
    Optional<URI> s3Endpoint =
        endpoint.text().isEmpty() ? Optional.empty() : Optional.of(httpAddress(endpoint));
    Value pathStyle = value(values, Setting.S3_PATH_STYLE);
    Value account = value(values, Setting.ACCOUNT);
    if (!ACCOUNT.matcher(account.text()).matches()) {
      throw account.wrong("must be 1 to 64 of the characters a-z A-Z 0-9 _ -");
    }
    Value servers = value(values, Setting.BOOTSTRAP_SERVERS);
    if (!servers.text().contains(":")) {
      throw servers.wrong("must be host:port, or several of them separated by commas");
    }
    Value location = value(values, Setting.IMAGES_LOCATION);
    S3Uri imagesLocation =
        S3Uri.parse(location.text())
            .orElseThrow(() -> location.wrong("must be s3://bucket/prefix"));
    Set<Setting> given = EnumSet.noneOf(Setting.class);
    given.addAll(values.keySet());
    return new RelookSettings(
        new Kafka(servers.text(), kafka, value(values, Setting.TOPIC_PREFIX).text()),
        new Store(
            s3Endpoint,
            value(values, Setting.S3_REGION).text(),
            pathStyle.text().isEmpty() ? s3Endpoint.isPresent() : truth(pathStyle),
            imagesLocation),
        account.text(),
        Optional.of(value(values, Setting.CALLER).text()).filter(text -> !text.isEmpty()),
        duration(value(values, Setting.TIMEOUT)),
        given);
  }

  /** The setting in the form in which a person writes it. */
  public String text(Setting setting) {
    return switch (setting) {
      case BOOTSTRAP_SERVERS -> kafka.bootstrapServers();
      case S3_ENDPOINT -> store.endpoint().map(URI::toString).orElse("");
      case S3_REGION -> store.region();
      case S3_PATH_STYLE -> Boolean.toString(store.pathStyle());
      case TOPIC_PREFIX -> kafka.topicPrefix();
      case ACCOUNT -> account;
      case CALLER -> caller.orElse("");
      case IMAGES_LOCATION -> store.imagesLocation().toString();
      case TIMEOUT -> timeout.toMillis() + "ms";
    };
  }

  /** Settings without the values of Kafka's own properties, which may be secret. */
  @Override
  public String toString() {
    String own =
        Arrays.stream(Setting.values())
            .map(setting -> setting.key() + "=" + text(setting))
            .collect(Collectors.joining(", "));
    return "RelookSettings[" + own + ", kafka.properties=" + kafka.properties().keySet() + "]";
  }

  /**
   * A duration such as 500ms, 30s, 2m or 8h.
   *
   * @throws RelookException when the text is anything else
   */
  public static Duration duration(String text, String source) {
    return duration(new Value(text, source));
  }

  private static Duration duration(Value value) {
    Matcher matcher = DURATION.matcher(value.text());
    if (!matcher.matches()) {
      throw value.wrong("must be a number with a unit, such as 500ms, 30s, 2m or 8h");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  private static boolean truth(Value value) {
    return switch (value.text()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw value.wrong("must be true or false");
    };
  }

  private static URI httpAddress(Value value) {
    try {
      URI uri = URI.create(value.text());
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw value.wrong("must be an address such as http://127.0.0.1:9000");
    }
    throw value.wrong("must be an address such as http://127.0.0.1:9000");
  }

  private static Value value(Map<Setting, Value> values, Setting setting) {
    return values.getOrDefault(setting, new Value(setting.defaultValue(), "the default"));
  }

  private static String knownKeys() {
    return Arrays.stream(Setting.values()).map(Setting::key).collect(Collectors.joining(", "))
        + ", "
        + Setting.KAFKA_PROPERTY_KEY
        + "*";
  }

  private record Value(String text, String source) {
    RelookException wrong(String rule) {
      return new RelookException(
          Kind.USAGE, "The value '%s' of %s %s.".formatted(text, source, rule));
    }
  }
}
