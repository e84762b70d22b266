package io.relook.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class FailureReasonTest {
  private static final String LIBRARY =
      """
      software.amazon.awssdk.services.s3.model.S3Exception: SignatureDoesNotMatch (Status Code: 403)
      \tat software.amazon.awssdk.core.internal.Handler.handle(Handler.java:42)
      """;

  private static final String OWN =
      """
      java.io.IOException: relook's own bucket cannot be read: check
      the grant.
      \tat io.relook.job.s3.OwnBucket.failure(OwnBucket.java:26) ~[?:?]
      \tat org.apache.flink.Task.run(Task.java:1)
      """;

  @Test
  void theDeepestSentenceOfRelookWinsOverTheLibraryBelowIt() {
    assertThat(
            FailureReason.of(
                "org.apache.flink.JobException: Recovery is suppressed\n"
                    + "\tat org.apache.flink.Scheduler.fail(Scheduler.java:5)\n"
                    + "Caused by: "
                    + OWN
                    + "Caused by: "
                    + LIBRARY))
        .isEqualTo("relook's own bucket cannot be read: check\nthe grant.");
  }

  @Test
  void framesOfAClassLoaderOrModuleAreRecognised() {
    assertThat(
            FailureReason.of(
                "java.io.IOException: ours\n\tat app/relook@1.0/io.relook.job.A.b(A.java:1)\n"
                    + "Caused by: "
                    + LIBRARY))
        .isEqualTo("ours");
  }

  @Test
  void withoutASentenceOfRelookTheDeepestCauseIsNamed() {
    assertThat(
            FailureReason.of(
                "a.B: outer\n\tat a.B.c(B.java:1)\n\tSuppressed: x.Y: no\n\t\tat io.relook.Z.z(Z.java:1)\n"
                    + "Caused by: c.D: inner\n\tat c.D.e(D.java:1)\n\t... 3 more\n"))
        .isEqualTo("c.D: inner");
    assertThat(FailureReason.of("java.util.concurrent.TimeoutException"))
        .isEqualTo("java.util.concurrent.TimeoutException");
    assertThat(FailureReason.of("")).isEmpty();
  }

  @Test
  void aTraceThatJavaPrintsIsRead() {
    StringWriter trace = new StringWriter();
    new IllegalStateException(
            "wrapped", new UncheckedIOException(new IOException("The disk is full: make room.")))
        .printStackTrace(new PrintWriter(trace));
    assertThat(FailureReason.of(trace.toString())).isEqualTo("The disk is full: make room.");
  }
}
