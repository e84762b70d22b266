package io.relook.job.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.ObjectRemoval.Step;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.job.s3.PatientStore;
import io.relook.job.s3.Symptom;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObjectRemoverTest {
  private static final S3Object OURS = new S3Object("relook", "features/a", null);
  private static final S3Object THEIRS = new S3Object("models", "Model-bolts-1.onnx", null);

  private final InMemoryObjectStore store = new InMemoryObjectStore("relook", "models");
  private final ObjectRemover removals = new ObjectRemover(store);

  @BeforeEach
  void objects() throws Exception {
    for (S3Object object : List.of(OURS, THEIRS)) {
      store.put(object, new byte[] {1}, "text/plain", Optional.empty());
    }
  }

  @Test
  void whatIsThereGoesAndWhatIsGoneDoesNotMatter() throws Exception {
    ObjectRemoval removal = removal(OURS, new S3Object("relook", "gone", null), THEIRS);

    assertThat(removals.take(removal)).isEqualTo(3);
    assertThat(store.bucket("relook")).isEmpty();
    assertThat(store.bucket("models")).isEmpty();
    assertThat(removals.take(removal)).isEqualTo(3);
  }

  @Test
  void whatMayNotBeRemovedStaysAndTheRestGoes() throws Exception {
    store.forbid("models");

    assertThat(removals.take(removal(THEIRS, OURS))).isEqualTo(1);
    assertThat(store.bucket("models")).hasSize(1);
    assertThat(store.bucket("relook")).isEmpty();
  }

  @Test
  void aStoreThatIsDownFailsTheJobSoThatItIsTriedAgain() {
    store.unreachable(true);

    assertThatThrownBy(() -> removals.take(removal(OURS))).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void oneObjectThatFailsForEverStaysAndTheRestGoes() throws Exception {
    OwnBucket own = new OwnBucket(store.factory(), "relook", null);
    store.fail("models", THEIRS.getKey(), Symptom.SERVER_ERROR);
    ObjectRemover patient = new ObjectRemover(PatientStore.forAWhile(store, own, time -> {}));

    assertThat(patient.take(removal(THEIRS, OURS))).isEqualTo(1);
    assertThat(store.bucket("relook")).doesNotContainKey(OURS.getKey());

    store.put(OURS, new byte[] {1}, "text/plain", Optional.empty());
    store.fail("relook", OURS.getKey(), Symptom.SERVER_ERROR);
    assertThat(patient.take(removal(Step.TO_TRASH, OURS))).as("nor is one of ours").isZero();
  }

  @Test
  void oneOfManyObjectsThatFailsForEverStaysAndTheRestGoes() throws Exception {
    OwnBucket own = new OwnBucket(store.factory(), "relook", null);
    ObjectRemover patient = new ObjectRemover(PatientStore.forAWhile(store, own, time -> {}));
    S3Object other = new S3Object("relook", "features/b", null);
    store.put(other, new byte[] {1}, "text/plain", Optional.empty());
    store.fail("relook", OURS.getKey(), Symptom.SERVER_ERROR);

    S3Object prefix = new S3Object("relook", "features/", null);
    assertThat(patient.take(removal(Step.REMOVE_BELOW, prefix))).isEqualTo(1);
    assertThat(store.bucket("relook")).containsKey(OURS.getKey()).doesNotContainKey(other.getKey());
  }

  @Test
  void whatIsSetAsideIsFoundNoMoreAndErasedLater() throws Exception {
    removals.take(removal(Step.TO_TRASH, OURS));

    assertThat(store.bucket("relook")).containsOnlyKeys("erasing/features/a");
    assertThat(removals.take(removal(Step.TO_TRASH, OURS))).isEqualTo(1);
    assertThat(store.bucket("relook")).containsOnlyKeys("erasing/features/a");

    removals.take(removal(Step.ERASE, OURS));
    assertThat(store.bucket("relook")).isEmpty();
  }

  @Test
  void whatWasSetAsideIsPutBack() throws Exception {
    removals.take(removal(Step.TO_TRASH, OURS));
    removals.take(removal(Step.RESTORE, OURS));
    // A replay asks again.
    removals.take(removal(Step.RESTORE, OURS));

    assertThat(store.kept("relook", "features/a").bytes()).isEqualTo(new byte[] {1});
    assertThat(store.bucket("relook")).containsOnlyKeys("features/a");
  }

  @Test
  void anObjectThatWasWrittenAgainIsNotReplacedByTheOneInTrash() throws Exception {
    removals.take(removal(Step.TO_TRASH, OURS));
    store.put(OURS, new byte[] {2}, "text/plain", Optional.empty());
    removals.take(removal(Step.RESTORE, OURS));

    assertThat(store.kept("relook", "features/a").bytes()).isEqualTo(new byte[] {2});
    assertThat(store.bucket("relook")).containsOnlyKeys("features/a");
  }

  @Test
  void anObjectThatCannotBeDecryptedIsRemovedAtOnce() throws Exception {
    store.put(OURS, new byte[] {1}, "text/plain", Optional.of("alias/retired"));
    store.forbidKey("alias/retired");
    removals.take(removal(Step.TO_TRASH, OURS));

    assertThat(store.bucket("relook")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REMOVE")
  void anErrorOfTheOwnBucketFailsTheJobSoThatNothingIsForgotten(Step step) {
    store.forbid("relook");

    assertThatThrownBy(() -> removals.take(removal(step, OURS)))
        .isInstanceOf(IOException.class)
        .hasMessage("relook's own bucket relook cannot be used: check s3.bucket.");
  }

  @Test
  void aKeyThatIsDisabledBetweenTheStepsIsNotAnErrorOfTheBucket() throws Exception {
    store.put(OURS, new byte[] {1}, "text/plain", Optional.of("alias/retired"));
    removals.take(removal(Step.TO_TRASH, OURS));
    store.forbidKey("alias/retired");

    assertThat(removals.take(removal(Step.RESTORE, OURS))).isZero();
    assertThat(store.bucket("relook")).containsOnlyKeys("erasing/features/a");
  }

  @Test
  void whatBeginsWithAPrefixGoesAtOnceAndNothingElse() throws Exception {
    for (String key : List.of("manifests/1/bolts/a.json", "manifests/1/bolts-2/b.json")) {
      store.put(new S3Object("relook", key, null), new byte[] {1}, "text/plain", Optional.empty());
    }
    S3Object prefix = new S3Object("relook", "manifests/1/bolts/", null);

    assertThat(removals.take(removal(Step.REMOVE_BELOW, prefix))).isEqualTo(1);
    assertThat(store.bucket("relook")).containsOnlyKeys("features/a", "manifests/1/bolts-2/b.json");
    assertThat(removals.take(removal(Step.REMOVE_BELOW, prefix))).isZero();
  }

  private static ObjectRemoval removal(S3Object... objects) {
    return removal(Step.REMOVE, objects);
  }

  private static ObjectRemoval removal(Step step, S3Object... objects) {
    return new ObjectRemoval("1", "bolts", step, List.of(objects), "the model was deleted");
  }
}
