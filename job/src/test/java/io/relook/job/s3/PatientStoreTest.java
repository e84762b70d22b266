package io.relook.job.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.wire.S3Object;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PatientStoreTest {
  private final InMemoryObjectStore store = new InMemoryObjectStore("relook", "theirs");
  private final OwnBucket own = new OwnBucket(store.factory(), "relook", null);
  private final AtomicLong nanos = new AtomicLong();
  private final StoreHealth health = new StoreHealth(own, nanos::get);
  private final List<Duration> pauses = new ArrayList<>();
  private int mostTries = Integer.MAX_VALUE;

  @Test
  void waitsForABucketThatFails() throws Exception {
    put("1", "2", "3");
    store.fail("theirs", "", Symptom.SERVER_ERROR);
    for (String key : List.of("1", "2", "3")) {
      health.failed(theirs(key), StoreProbe.Kind.READ, FailureScopeTest.failure(Symptom.REFUSED));
    }
    ObjectStore patient =
        waiting(
            tries -> {
              if (tries == 7) {
                store.heal("theirs", "");
              }
            });

    assertThat(patient.get(theirs("1"), 10)).containsExactly(1);

    assertThat(pauses).hasSize(7).isSorted();
    assertThat(health.failing()).as("one success closes the breaker").isEmpty();
  }

  @Test
  void waitsForAGrantOfABucketWhoseObjectsAreAllRefused() throws Exception {
    put("1", "2", "3");
    store.forbid("theirs");
    for (String key : List.of("1", "2", "3")) {
      health.failed(theirs(key), StoreProbe.Kind.READ, FailureScopeTest.failure(Symptom.REFUSED));
    }
    ObjectStore patient = waiting(tries -> store.permit("theirs"));

    assertThat(patient.get(theirs("1"), 10)).containsExactly(1);
  }

  @Test
  void aRefusalOfOneObjectIsPassedOn() throws Exception {
    store.forbid("theirs");
    ObjectStore patient = waiting(tries -> {});

    assertThatThrownBy(() -> patient.get(theirs("1"), 10))
        .isInstanceOfSatisfying(
            ObjectUnavailableException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.FORBIDDEN));
    assertThat(pauses).isEmpty();
  }

  @Test
  void anObjectThatFailsForEverIsItsOwnFailure() throws Exception {
    put("1");
    store.fail("theirs", "1", Symptom.SERVER_ERROR);
    ObjectStore patient = waiting(tries -> {});

    assertThatThrownBy(() -> patient.get(theirs("1"), 10))
        .isInstanceOfSatisfying(
            ObjectUnavailableException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NOT_SERVED))
        .hasMessage(
            "The store serves other objects, but not 1 in bucket theirs: the store fails on the"
                + " request.");
    assertThat(pauses).hasSize(PatientStore.TRIES_OF_AN_OBJECT - 1);
  }

  @Test
  void anInstallationThatFailsRestartsTheJob() {
    store.unreachable(true);
    ObjectStore patient = waiting(tries -> {});

    assertThatThrownBy(() -> patient.get(theirs("1"), 10))
        .isInstanceOf(java.io.UncheckedIOException.class);
    assertThat(pauses).isEmpty();
  }

  @Test
  void credentialsThatAreRefusedForEverythingAreNotTheObjectsFailure() {
    store.forbid("theirs");
    store.forbid("relook");
    ObjectStore patient = waiting(tries -> {});

    assertThatThrownBy(() -> patient.get(theirs("1"), 10))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageStartingWith("The store serves no object, ours neither: ");
  }

  @Test
  void waitsForAnObjectOfOursThatFailsAlone() throws Exception {
    store.fail("relook", "k", Symptom.SERVER_ERROR);
    ObjectStore patient =
        waiting(
            tries -> {
              if (tries == 9) {
                store.heal("relook", "k");
              }
            });

    patient.put(own.object("k"), new byte[] {1}, "text/plain", Optional.empty());

    assertThat(pauses).hasSize(9);
  }

  @Test
  void forAWhileItDoesNotWaitForEverForAnObjectOfOurs() {
    mostTries = 3;
    store.fail("relook", "k", Symptom.SERVER_ERROR);
    ObjectStore patient = waiting(tries -> {});

    assertThatThrownBy(() -> patient.remove(own.object("k")))
        .isInstanceOfSatisfying(
            ObjectUnavailableException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NOT_SERVED));
    assertThat(pauses).hasSize(2);
  }

  @Test
  void aKeyOfOthersThatIsRefusedIsPassedOn() {
    store.forbidKey("theirs");
    ObjectStore patient = waiting(tries -> {});

    assertThatThrownBy(
            () -> patient.put(own.object("k"), new byte[] {1}, "text/plain", Optional.of("theirs")))
        .isInstanceOf(ObjectUnavailableException.class);
    assertThat(pauses).isEmpty();
  }

  private ObjectStore waiting(Consumer<Integer> meanwhile) {
    return new PatientStore(
        store,
        own,
        health,
        time -> {
          pauses.add(time);
          nanos.addAndGet(time.toNanos() + Duration.ofSeconds(2).toNanos());
          meanwhile.accept(pauses.size());
        },
        mostTries);
  }

  private void put(String... keys) throws ObjectUnavailableException {
    for (String key : keys) {
      store.put(theirs(key), new byte[] {1}, "text/plain", Optional.empty());
    }
  }

  private static S3Object theirs(String key) {
    return new S3Object("theirs", key, null);
  }
}
