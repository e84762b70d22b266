package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTablesTest {

  /** Give it, and the test writes what it would compare. */
  private static final String WRITE = "relook.reference.write";

  @ParameterizedTest
  @ValueSource(strings = {"options", "bucket"})
  void thePageHasTheTableOfThisVersion(String name) throws IOException {
    Path file = Path.of("..", "docs", "reference", name + ".md");
    String page = Files.readString(file);
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(file, ReferenceTables.in(page, name));
      return;
    }

    assertThat(ReferenceTables.in(page, name))
        .as(
            "docs/reference/%s.md differs from the code. Write it with: mvn -Dquick -pl job -am test"
                + " -Dtest=ReferenceTablesTest -Dsurefire.failIfNoSpecifiedTests=false -D%s=true",
            name, WRITE)
        .isEqualTo(page);
  }

  @Test
  void aPageWithoutMarksIsRejected() {
    assertThatThrownBy(() -> ReferenceTables.in("# relook", "options"))
        .hasMessage(
            "The page has no place for the table of options: write <!-- options --> and"
                + " <!-- /options -->.");
  }
}
