package io.relook.job.s3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BreakersTest {
  private static final long TRIAL = Breakers.TRIAL.toMillis();
  private static final long WINDOW = Breakers.WINDOW.toMillis();

  private final Breakers breakers = new Breakers();

  @Test
  void threeObjectsThatFailOpenIt() {
    assertThat(breakers.failed("b", "1", 0)).isFalse();
    assertThat(breakers.failed("b", "2", 1)).isFalse();
    assertThat(breakers.isOpen("b")).isFalse();
    assertThat(breakers.failed("b", "3", 2)).isTrue();
    assertThat(breakers.isOpen("b")).isTrue();
    assertThat(breakers.failed("b", "4", 3)).as("it is open already").isFalse();
    assertThat(breakers.open()).containsExactly("b");
    assertThat(breakers.isOpen("other")).isFalse();
  }

  @Test
  void oneObjectThatFailsOftenDoesNot() {
    for (int i = 0; i < 100; i++) {
      assertThat(breakers.failed("b", "same", i)).isFalse();
    }
    assertThat(breakers.isOpen("b")).isFalse();
  }

  @Test
  void anObjectThatIsReadMeanwhileStartsTheCountAnew() {
    breakers.failed("b", "1", 0);
    breakers.failed("b", "2", 0);
    assertThat(breakers.succeeded("b", "k9")).as("it was not open").isFalse();
    assertThat(breakers.failed("b", "3", 0)).isFalse();
    assertThat(breakers.failed("b", "4", 0)).isFalse();
    assertThat(breakers.failed("b", "5", 0)).isTrue();
  }

  @Test
  void failuresOfMoreThanAMinuteAgoDoNotCount() {
    breakers.failed("b", "1", 0);
    breakers.failed("b", "2", 1);
    assertThat(breakers.failed("b", "3", WINDOW + 1)).isFalse();
    assertThat(breakers.failed("b", "4", WINDOW + 1)).isTrue();
  }

  @Test
  void oneSuccessClosesIt() {
    opened("b", 0);
    assertThat(breakers.succeeded("b", "k9")).isTrue();
    assertThat(breakers.isOpen("b")).isFalse();
    assertThat(breakers.open()).isEmpty();
  }

  @Test
  void oneRequestInAWhileTriesAnOpenOne() {
    assertThat(breakers.mayTry("b", "k9", 0)).isTrue();
    opened("b", 0);
    assertThat(breakers.mayTry("b", "k9", TRIAL - 1)).isFalse();
    assertThat(breakers.mayTry("b", "k9", TRIAL)).isTrue();
    assertThat(breakers.mayTry("b", "k9", TRIAL + 1)).isFalse();
    assertThat(breakers.mayTry("b", "k9", 2 * TRIAL)).isTrue();
    assertThat(breakers.mayTry("other", "k9", 0)).isTrue();
  }

  @Test
  void anObjectThatHasJustFailedIsNotAskedForAgain() {
    breakers.failed("b", "slow", 0);
    assertThat(breakers.mayTry("b", "slow", TRIAL - 1)).isFalse();
    assertThat(breakers.mayTry("b", "other", 0)).isTrue();
    breakers.succeeded("b", "other");
    assertThat(breakers.mayTry("b", "slow", TRIAL - 1)).as("others are read").isFalse();
    assertThat(breakers.mayTry("b", "slow", TRIAL)).isTrue();
    breakers.succeeded("b", "slow");
    assertThat(breakers.mayTry("b", "slow", 0)).isTrue();
  }

  @Test
  void namesWithoutEndDoNotFillTheHeap() {
    opened("first", 0);
    for (int i = 0; i < Breakers.MOST_BUCKETS; i++) {
      breakers.failed("b" + i, "k", i);
    }
    assertThat(breakers.isOpen("first")).isFalse();
  }

  private void opened(String bucket, long at) {
    for (int i = 0; i < Breakers.OBJECTS; i++) {
      breakers.failed(bucket, "k" + i, at);
    }
  }
}
