package io.relook.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of metrics in {@code docs/reference/metrics.md}. */
final class MetricsCatalogue {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private MetricsCatalogue() {}

  /** Each metric as {@code operator metric}, the operator as Flink writes it into metric names. */
  static Set<String> ofReference() throws IOException {
    String reference = Files.readString(Path.of("..", "docs", "reference", "metrics.md"));
    String table =
        reference.substring(
            reference.indexOf("<!-- metrics -->"), reference.indexOf("<!-- /metrics -->"));
    Set<String> metrics = new TreeSet<>();
    String operator = "";
    for (String row : table.lines().filter(line -> line.startsWith("| ")).skip(1).toList()) {
      String[] cells = row.split("\\|");
      Matcher named = CODE.matcher(cells[1]);
      if (named.find()) {
        operator = named.group(1).replaceAll("[ ,]", "_");
      }
      for (Matcher metric = CODE.matcher(cells[2]); metric.find(); ) {
        metrics.add(operator + " " + metric.group(1));
      }
    }
    return metrics;
  }
}
