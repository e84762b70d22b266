package io.relook.job;

import io.relook.job.domain.BucketLayout;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The tables of {@code docs/reference} that are made from code: options and the layout of relook's
 * own bucket. Each stands between two marks, {@code <!-- name -->} and {@code <!-- /name -->}, in
 * the page of its name.
 */
final class ReferenceTables {
  private static final Map<String, Supplier<String>> TABLES =
      Map.of("options", OptionsTable::markdown, "bucket", ReferenceTables::bucket);

  private ReferenceTables() {}

  private static String bucket() {
    StringBuilder table =
        new StringBuilder("| prefix | written by | content | end of life |\n|---|---|---|---|\n");
    for (BucketLayout prefix : BucketLayout.values()) {
      table.append(prefix.row()).append('\n');
    }
    return table.toString();
  }

  /**
   * A page with its table as the code has it.
   *
   * @param name of the table
   * @throws IllegalArgumentException when a mark is missing
   */
  static String in(String page, String name) {
    String beginMark = "<!-- " + name + " -->";
    String endMark = "<!-- /" + name + " -->";
    int begin = page.indexOf(beginMark);
    int end = page.indexOf(endMark);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          "The page has no place for the table of %s: write %s and %s."
              .formatted(name, beginMark, endMark));
    }
    return page.substring(0, begin + beginMark.length())
        + "\n"
        + Objects.requireNonNull(TABLES.get(name), name).get()
        + page.substring(end);
  }
}
