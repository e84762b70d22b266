package io.relook.client.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Aligned text for people. */
final class Text {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private Text() {}

  /** A table: the first row is the heading; columns are as wide as their widest cell. */
  static String table(List<List<String>> rows) {
    List<Integer> widths = new ArrayList<>();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        if (i == widths.size()) {
          widths.add(0);
        }
        widths.set(i, Math.max(widths.get(i), row.get(i).length()));
      }
    }
    return rows.stream()
        .map(
            row -> {
              StringBuilder line = new StringBuilder();
              for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i));
                if (i < row.size() - 1) {
                  line.append(" ".repeat(widths.get(i) - row.get(i).length() + 2));
                }
              }
              return line.toString().stripTrailing();
            })
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /** The sentence that stands in place of an empty table. */
  static String none(String what, String account, @Nullable String project) {
    return "Account %s has no %s%s."
        .formatted(account, what, project == null ? "" : " of project " + project);
  }

  static String time(Instant instant) {
    return TIME.format(instant);
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
