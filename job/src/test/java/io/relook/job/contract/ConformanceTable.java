package io.relook.job.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The conformance table of {@code docs/reference/contract.md}: {@code | id | what the contract says
 * | test |}, between two marks. After all tests of the build this compares it with what the tests
 * named; {@code write} fills in the last column.
 */
public final class ConformanceTable {
  private static final String BEGIN = "<!-- contract -->";
  private static final String END = "<!-- /contract -->";

  private ConformanceTable() {}

  /**
   * Checks or writes.
   *
   * @param args {@code check} or {@code write}, the page, and the files in which tests named rows
   */
  public static void main(String[] args) throws IOException {
    Path page = Path.of(args[1]);
    List<String> named = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      named.addAll(Files.readAllLines(Path.of(args[i])));
    }
    Map<String, Set<String>> tests = tests(named);
    String text = Files.readString(page);
    if (args[0].equals("write")) {
      Files.writeString(page, filled(text, tests));
      return;
    }
    List<String> problems = problems(text, tests);
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "The conformance table in docs/reference/contract.md does not hold:\n"
              + String.join("\n", problems));
    }
    System.out.println(tests.size() + " rows of the contract are held by tests that ran.");
  }

  /** Id → tests that hold it. */
  static Map<String, Set<String>> tests(List<String> lines) {
    Map<String, Set<String>> tests = new TreeMap<>();
    for (String line : lines) {
      String[] parts = line.split(" ", 2);
      tests.computeIfAbsent(parts[0], id -> new TreeSet<>()).add(parts[1]);
    }
    return tests;
  }

  /** What is wrong, as sentences. */
  static List<String> problems(String page, Map<String, Set<String>> tests) {
    List<String> problems = new ArrayList<>();
    Set<String> rows = new TreeSet<>();
    for (String line : table(page).lines().filter(ConformanceTable::isRow).toList()) {
      String id = cells(line)[0];
      if (!rows.add(id)) {
        problems.add("The row " + id + " is there twice.");
      }
      Set<String> holders = tests.getOrDefault(id, Set.of());
      if (holders.isEmpty()) {
        problems.add("The row " + id + " has no test that ran and succeeded.");
      } else if (!String.join(", ", holders).equals(cells(line)[2].replace("`", ""))) {
        problems.add("The row " + id + " names other tests than " + holders + ".");
      }
    }
    tests.keySet().stream()
        .filter(id -> !rows.contains(id))
        .forEach(
            id ->
                problems.add(
                    "The tests "
                        + tests.get(id)
                        + " name the row "
                        + id
                        + ", which is not there."));
    return problems;
  }

  /** The page with the tests of each row. */
  static String filled(String page, Map<String, Set<String>> tests) {
    String table = table(page);
    StringBuilder filled = new StringBuilder();
    for (String line : table.lines().toList()) {
      if (isRow(line)) {
        String[] cells = cells(line);
        Set<String> holders = tests.getOrDefault(cells[0], Set.of());
        filled.append("| ").append(cells[0]).append(" | ").append(cells[1]).append(" | ");
        filled.append(holders.isEmpty() ? "" : "`" + String.join("`, `", holders) + "`");
        filled.append(" |\n");
      } else {
        filled.append(line).append('\n');
      }
    }
    return page.replace(table, filled.toString());
  }

  private static String table(String page) {
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalStateException("The page has no table between " + BEGIN + " and " + END);
    }
    return page.substring(begin + BEGIN.length() + 1, end);
  }

  private static boolean isRow(String line) {
    return line.matches("\\| [A-Z][A-Z0-9.-]* \\|.*");
  }

  private static String[] cells(String line) {
    String[] cells = line.substring(1).split("(?<!\\\\)\\|", -1);
    return new String[] {
      cells[0].strip(), cells[1].strip(), cells.length > 2 ? cells[2].strip() : ""
    };
  }
}
