package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.ConfigOption;
import org.junit.jupiter.api.Test;

class OptionsTableTest {

  @Test
  void theReferenceHasTheTableOfThisVersion() throws IOException {
    String reference = Files.readString(Path.of("..", "docs", "reference", "options.md"));

    assertThat(OptionsTable.in(reference))
        .as(
            "docs/reference/options.md differs from JobOptions. Write it with: mvn -q -Dquick -pl job"
                + " compile exec:java -Dexec.mainClass=io.relook.job.OptionsTable"
                + " -Dexec.classpathScope=test -Dexec.args=$PWD/docs/reference/options.md")
        .isEqualTo(reference);
  }

  @Test
  void eachOptionHasOneRowThatSaysSomething() {
    assertThat(OptionsTable.markdown().lines().skip(2))
        .hasSize(JobOptions.ALL.size())
        .allMatch(row -> row.matches("\\| `[a-z0-9.-]+` \\| (`.+`)? ?\\| \\w.+\\. \\|"));
    for (ConfigOption<?> option : JobOptions.ALL) {
      assertThat(OptionsTable.markdown()).contains("| `" + option.key() + "` |");
    }
  }

  @Test
  void defaultsAreShownAsAPersonWritesThem() {
    assertThat(OptionsTable.markdown())
        .contains("| `kafka.transaction-timeout` | `7 d` |")
        .contains("| `images.max-inline-size` | `512 kb` |")
        .contains("| `job.pipelines` | `both` |")
        .contains("| `kafka.bootstrap-servers` |  |");
  }

  @Test
  void aTextWithoutMarksIsRefused() {
    assertThatThrownBy(() -> OptionsTable.in("# relook"))
        .hasMessage(
            "There is no place for the table of options: write <!-- options --> and"
                + " <!-- /options -->.");
  }
}
