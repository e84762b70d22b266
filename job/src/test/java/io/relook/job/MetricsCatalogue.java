package io.relook.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of metrics in the README. */
final class MetricsCatalogue {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private MetricsCatalogue() {}

  /** Each metric as {@code operator metric}, the operator as Flink writes it into metric names. */
  static Set<String> ofReadme() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    String table =
        readme.substring(readme.indexOf("<!-- metrics -->"), readme.indexOf("<!-- /metrics -->"));
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
