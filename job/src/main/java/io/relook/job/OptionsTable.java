package io.relook.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;

/** The table of options in {@code docs/reference/options.md}, made from {@link JobOptions}. */
public final class OptionsTable {
  static final String BEGIN = "<!-- options -->";
  static final String END = "<!-- /options -->";

  private OptionsTable() {}

  /**
   * Writes the table into a file, between its two marks.
   *
   * @param args the file; {@code docs/reference/options.md} without
   */
  public static void main(String[] args) throws IOException {
    Path reference = Path.of(args.length == 0 ? "docs/reference/options.md" : args[0]);
    Files.writeString(reference, in(Files.readString(reference)));
  }

  /** The options as a table in Markdown, by key. */
  public static String markdown() {
    StringBuilder table = new StringBuilder("| option | default | meaning |\n|---|---|---|\n");
    for (ConfigOption<?> option : JobOptions.ALL) {
      table
          .append("| `")
          .append(option.key())
          .append("` | ")
          .append(defaultOf(option))
          .append(" | ")
          .append(new HtmlFormatter().format(option.description()))
          .append(" |\n");
    }
    return table.toString();
  }

  /**
   * The text with the table between its marks.
   *
   * @throws IllegalArgumentException when a mark is missing
   */
  static String in(String text) {
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          "There is no place for the table of options: write " + BEGIN + " and " + END + ".");
    }
    return text.substring(0, begin + BEGIN.length()) + "\n" + markdown() + text.substring(end);
  }

  private static String defaultOf(ConfigOption<?> option) {
    if (!option.hasDefaultValue()) {
      return "";
    }
    Object value = option.defaultValue();
    if (value instanceof Map<?, ?>) {
      return "";
    }
    return "`" + (value instanceof Duration duration ? shown(duration) : shown(value)) + "`";
  }

  private static String shown(Object value) {
    return value instanceof Enum<?> constant
        ? constant.name().toLowerCase(Locale.ROOT)
        : value.toString();
  }

  /** As a person would write it in an option. */
  private static String shown(Duration duration) {
    if (duration.toDaysPart() > 0 && duration.equals(Duration.ofDays(duration.toDays()))) {
      return duration.toDays() + " d";
    }
    return duration.toSeconds() + " s";
  }
}
