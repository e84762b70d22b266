package io.relook.client.cli;

import io.relook.client.RelookConnection;
import io.relook.client.RelookSettings;
import io.relook.client.Setting;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/**
 * Flags that say how to reach an installation: a mixin of every command that reaches one. Each
 * {@link Setting} has one flag, whose help comes from the setting.
 */
@Command // picocli takes no mixin without an annotation
public final class ConnectionOptions {
  private final OptionSpec config =
      OptionSpec.builder("--config")
          .paramLabel("FILE")
          .type(Path.class)
          .description("Java properties file with keys such as kafka.bootstrap-servers.")
          .build();

  private final OptionSpec kafkaProperties =
      OptionSpec.builder("--kafka-property")
          .paramLabel("NAME=VALUE")
          .type(Map.class)
          .auxiliaryTypes(String.class, String.class)
          .description(
              "A property of Kafka's clients, such as security.protocol=SSL; may be repeated. Put secrets into the file or into RELOOK_KAFKA_*.")
          .build();

  private final Map<Setting, OptionSpec> flags = new EnumMap<>(Setting.class);

  public ConnectionOptions() {
    for (Setting setting : Setting.values()) {
      flags.put(
          setting,
          OptionSpec.builder(setting.flag())
              .paramLabel(setting.valueLabel())
              .type(String.class)
              .description(help(setting))
              .build());
    }
  }

  private static String help(Setting setting) {
    String otherwise =
        setting.defaultValue().isEmpty() ? "" : ", default " + setting.defaultValue();
    return "%s (%s%s)".formatted(setting.description(), setting.variable(), otherwise);
  }

  /** Adds the flags to the command that mixes this in. */
  @Spec(Spec.Target.MIXEE)
  void addTo(CommandSpec command) {
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder()
            .validate(false)
            .heading(
                "%nConnection (a flag wins over its environment variable, that over the file, that over the default):%n")
            .addArg(config)
            .addArg(kafkaProperties);
    flags.values().forEach(group::addArg);
    command.addArgGroup(group.build());
  }

  /**
   * The settings from flags, environment and file.
   *
   * @throws io.relook.client.RelookException when one is wrong
   */
  public RelookSettings settings() {
    Map<Setting, String> given = new EnumMap<>(Setting.class);
    flags.forEach(
        (setting, flag) -> {
          String value = flag.getValue();
          if (value != null) {
            given.put(setting, value);
          }
        });
    @Nullable Map<String, String> kafka = kafkaProperties.getValue();
    @Nullable Path file = config.getValue();
    return RelookSettings.resolve(
        given,
        kafka == null ? Map.of() : kafka,
        System.getenv(),
        file == null ? Map.of() : RelookSettings.readFile(file));
  }

  /** A connection with these settings. */
  public RelookConnection connection() {
    return new RelookConnection(settings());
  }
}
