package io.relook.job.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogContextTest {

  @Test
  void linesSayWhatTheyAreAboutUntilItIsClosed() {
    try (LogContext context = LogContext.project("123", "bolts").request("r-1").cut("c-0-1")) {
      assertThat(MDC.get(LogContext.ACCOUNT)).isEqualTo("123");
      assertThat(MDC.get(LogContext.PROJECT)).isEqualTo("bolts");
      assertThat(MDC.get(LogContext.REQUEST_ID)).isEqualTo("r-1");
      assertThat(MDC.get(LogContext.CUT)).isEqualTo("c-0-1");
      assertThat(MDC.get(LogContext.VERSION)).isNull();
    }
    assertThat(MDC.get(LogContext.PROJECT)).isNull();
    assertThat(MDC.get(LogContext.REQUEST_ID)).isNull();
  }

  @Test
  void aNameThatWouldForgeALineIsNotWritten() {
    try (LogContext context = LogContext.project("123", "bolts\n12:00 ERROR all is lost")) {
      assertThat(MDC.get(LogContext.PROJECT)).isEqualTo("(not a name)");
    }
    try (LogContext context = LogContext.project("123", "b".repeat(301))) {
      assertThat(MDC.get(LogContext.PROJECT)).isEqualTo("(not a name)");
    }
  }

  @Test
  void whatIsEmptyIsLeftOut() {
    try (LogContext context = LogContext.project("123", "")) {
      assertThat(MDC.get(LogContext.PROJECT)).isNull();
    }
  }
}
