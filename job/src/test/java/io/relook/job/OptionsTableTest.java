package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.configuration.ConfigOption;
import org.junit.jupiter.api.Test;

class OptionsTableTest {

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
}
