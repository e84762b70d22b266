package io.relook.job.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConformanceTableTest {
  private static final String PAGE =
      "text\n<!-- contract -->\n| id | contract | test |\n| --- | --- | --- |\n"
          + "| A-1 | this \\| that | `X.a`, `X.b` |\n| A-2 | other | |\n<!-- /contract -->\nmore\n";

  @Test
  void aRowWithoutATestAndATestWithoutARowAreProblems() {
    Map<String, Set<String>> tests =
        ConformanceTable.tests(List.of("A-1 X.a", "A-1 X.b", "B-1 X.c", "A-1 X.a"));

    assertThat(ConformanceTable.problems(PAGE, tests))
        .containsExactly(
            "The row A-2 has no test that ran and succeeded.",
            "The tests [X.c] name the row B-1, which is not there.");
  }

  @Test
  void aRowThatNamesOtherTestsIsAProblem() {
    assertThat(
            ConformanceTable.problems(PAGE, ConformanceTable.tests(List.of("A-1 X.a", "A-2 Y.d"))))
        .containsExactly(
            "The row A-1 names other tests than [X.a].",
            "The row A-2 names other tests than [Y.d].");
  }

  @Test
  void testsAreFilledIn() {
    Map<String, Set<String>> tests = ConformanceTable.tests(List.of("A-1 Y.e", "A-2 Y.d"));
    String filled = ConformanceTable.filled(PAGE, tests);

    assertThat(filled).contains("| A-1 | this \\| that | `Y.e` |\n| A-2 | other | `Y.d` |\n");
    assertThat(ConformanceTable.problems(filled, tests)).isEmpty();
  }
}
