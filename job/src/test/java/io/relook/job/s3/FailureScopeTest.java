package io.relook.job.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.s3.FailureScope.Probe;
import io.relook.job.s3.ObjectUnavailableException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of {@code docs/operations.md}, row by row. */
class FailureScopeTest {

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"NO_SUCH_BUCKET", "NO_SUCH_KEY", "TOO_LARGE", "INVALID_LOCATION"})
  void whatCannotHealIsTheObjects(Reason reason) {
    for (Probe probe : Probe.values()) {
      assertThat(FailureScope.of(unavailable(reason), true, probe))
          .isEqualTo(FailureScope.OBJECT_FOR_GOOD);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Symptom.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"SLOW_DOWN"})
  void aFailureIsTheObjectsUnlessMoreIsShown(Symptom symptom) {
    assertThat(FailureScope.of(failure(symptom), false, Probe.NOT_MADE))
        .isEqualTo(FailureScope.OBJECT);
    assertThat(FailureScope.of(failure(symptom), false, Probe.SERVED))
        .isEqualTo(FailureScope.OBJECT);
    assertThat(FailureScope.of(failure(symptom), true, Probe.SERVED))
        .isEqualTo(FailureScope.BUCKET);
    assertThat(FailureScope.of(failure(symptom), false, Probe.FAILED))
        .isEqualTo(FailureScope.INSTALLATION);
    assertThat(FailureScope.of(failure(symptom), true, Probe.FAILED))
        .isEqualTo(FailureScope.INSTALLATION);
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"FORBIDDEN", "KMS_KEY_UNUSABLE", "NOT_SERVED"})
  void aRefusalMayHeal(Reason reason) {
    assertThat(FailureScope.of(unavailable(reason), false, Probe.SERVED))
        .isEqualTo(FailureScope.OBJECT);
    assertThat(FailureScope.of(unavailable(reason), false, Probe.FAILED))
        .isEqualTo(FailureScope.INSTALLATION);
  }

  @Test
  void aStoreThatAsksForFewerRequestsIsNobodysFailure() {
    for (Probe probe : Probe.values()) {
      assertThat(FailureScope.of(failure(Symptom.SLOW_DOWN), true, probe))
          .isEqualTo(FailureScope.BACK_OFF);
    }
  }

  @Test
  void everythingElseIsADefect() {
    assertThat(FailureScope.of(new IllegalStateException(), true, Probe.FAILED))
        .isEqualTo(FailureScope.DEFECT);
  }

  static StoreUnavailableException failure(Symptom symptom) {
    return new StoreUnavailableException(symptom, new IOException(symptom.words()));
  }

  @Test
  void anUnknownFailureOfTheConnectionIsOneWithoutAnAnswer() {
    assertThat(Symptom.of(new UncheckedIOException(new IOException("reset"))))
        .contains(Symptom.NO_ANSWER);
  }

  private static ObjectUnavailableException unavailable(Reason reason) {
    return new ObjectUnavailableException(reason, "m");
  }
}
