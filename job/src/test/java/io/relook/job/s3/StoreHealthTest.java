package io.relook.job.s3;

import static io.relook.job.s3.FailureScopeTest.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.s3.StoreProbe.Kind;
import io.relook.wire.S3Object;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StoreHealthTest {
  private final InMemoryObjectStore store = new InMemoryObjectStore("relook", "theirs");
  private final OwnBucket own = new OwnBucket(store.factory(), "relook", null);
  private final AtomicLong nanos = new AtomicLong();
  private final StoreHealth health = new StoreHealth(own, nanos::get);

  @Test
  void oneObjectThatFailsIsItsOwnFailure() {
    assertThat(failed("1", Symptom.SERVER_ERROR)).isEqualTo(FailureScope.OBJECT);
    assertThat(failed("1", Symptom.REFUSED)).isEqualTo(FailureScope.OBJECT);
    assertThat(failed("2", Symptom.SERVER_ERROR)).isEqualTo(FailureScope.OBJECT);
    assertThat(health.mayTry(theirs("9"))).isTrue();
  }

  @Test
  void threeObjectsThatFailAreTheirBuckets() {
    failed("1", Symptom.SERVER_ERROR);
    failed("2", Symptom.REFUSED);
    assertThat(failed("3", Symptom.KEY_UNUSABLE)).isEqualTo(FailureScope.BUCKET);
    assertThat(health.mayTry(theirs("9"))).isFalse();
    assertThat(health.failing()).containsExactly("theirs");

    health.succeeded(theirs("3"));

    assertThat(health.mayTry(theirs("9"))).isTrue();
    assertThat(health.failing()).isEmpty();
  }

  @Test
  void aStoreThatFailsForOurBucketTooIsTheInstallations() {
    store.unreachable(true);
    assertThat(failed("1", Symptom.NO_ANSWER)).isEqualTo(FailureScope.INSTALLATION);
    store.unreachable(false);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(failed("1", Symptom.NO_ANSWER)).isEqualTo(FailureScope.OBJECT);
  }

  @Test
  void anInstallationThatFailsOpensNoBreaker() {
    store.unreachable(true);
    for (int i = 0; i < 5; i++) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
      assertThat(failed("k" + i, Symptom.NO_ANSWER)).isEqualTo(FailureScope.INSTALLATION);
    }
    assertThat(health.failing()).isEmpty();
  }

  @Test
  void theProbeIsOfTheKindThatFailed() {
    store.readOnly("relook");
    assertThat(health.failed(theirs("k"), Kind.READ, failure(Symptom.REFUSED)))
        .isEqualTo(FailureScope.OBJECT);
    assertThat(health.failed(own.object("k"), Kind.WRITE, failure(Symptom.REFUSED)))
        .isEqualTo(FailureScope.INSTALLATION);
  }

  @Test
  void anObjectOfOursMayFailAlone() {
    assertThat(health.failed(own.object("k"), Kind.WRITE, failure(Symptom.SERVER_ERROR)))
        .isEqualTo(FailureScope.OBJECT);
    for (int i = 0; i < 5; i++) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
      assertThat(health.failed(own.object("k" + i), Kind.READ, failure(Symptom.SERVER_ERROR)))
          .as("our bucket has no breaker: the probe speaks for it")
          .isEqualTo(FailureScope.OBJECT);
    }
  }

  @Test
  void ourBucketIsProbedAfterTheFailureAndAtMostOnceASecond() {
    nanos.set(TimeUnit.SECONDS.toNanos(100));
    failed("1", Symptom.SERVER_ERROR);
    assertThat(store.gets()).isEqualTo(1);
    failed("1", Symptom.SERVER_ERROR);
    assertThat(store.gets()).as("it began when this one failed").isEqualTo(1);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
    failed("1", Symptom.SERVER_ERROR);
    assertThat(store.gets()).as("what was shown before the failure shows nothing").isEqualTo(2);
    assertThat(store.open()).as("the probe closes what it opens").isZero();
  }

  @Test
  void aStoreThatAsksForFewerRequestsIsNeverTheInstallationsFailure() {
    store.fail("relook", "", Symptom.SLOW_DOWN);
    assertThat(failed("1", Symptom.SLOW_DOWN)).isEqualTo(FailureScope.BACK_OFF);
    assertThat(failed("2", Symptom.SERVER_ERROR))
        .as("the probe was told to come less often: the store is there")
        .isEqualTo(FailureScope.OBJECT);
    assertThat(health.failed(own.object("k"), Kind.WRITE, failure(Symptom.SLOW_DOWN)))
        .isEqualTo(FailureScope.BACK_OFF);
  }

  private FailureScope failed(String key, Symptom symptom) {
    return health.failed(theirs(key), Kind.READ, failure(symptom));
  }

  private static S3Object theirs(String key) {
    return new S3Object("theirs", key, null);
  }
}
