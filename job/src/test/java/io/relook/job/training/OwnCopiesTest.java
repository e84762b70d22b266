package io.relook.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.domain.Annotation;
import io.relook.job.domain.Mask;
import io.relook.job.domain.Split;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.S3Object;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnCopiesTest {
  private static final List<TrainingImage> LINES =
      List.of(
          line("sent", "relook", "pictures/1/bolts/1", "features/1", "masks/1/bolts/1"),
          line("sent again", "relook", "pictures/1/bolts/1", "features/1", "masks/1/bolts/1"),
          line("theirs", "customer", "a.png", "features/2", null),
          line("another project's", "relook", "pictures/1/nuts/1", "features/3", "masks/1/nuts/1"));

  private final InMemoryObjectStore store = new InMemoryObjectStore("relook", "customer");
  private final OwnCopies copies = new OwnCopies(store, "relook", "1/bolts");

  @BeforeEach
  void keepWhatTheLinesName() throws Exception {
    for (String key :
        List.of(
            "pictures/1/bolts/1",
            "features/1",
            "masks/1/bolts/1",
            "features/2",
            "features/3",
            "others",
            "pictures/1/nuts/1",
            "masks/1/nuts/1")) {
      store.put(new S3Object("relook", key, null), new byte[] {1}, "a/b", Optional.empty());
    }
    store.put(new S3Object("customer", "a.png", null), new byte[] {1}, "a/b", Optional.empty());
  }

  @Test
  void picturesMasksAndFeaturesOfOursAreCopiedOnceForAKey() throws Exception {
    assertThat(copies.putUnderKey(LINES, "k")).isEqualTo(5);
    assertThat(copies.putUnderKey(LINES, "k")).isZero();
    assertThat(copies.putUnderKey(LINES, "other")).isEqualTo(5);

    assertThat(store.copies()).isEqualTo(10);
    for (String key :
        List.of("pictures/1/bolts/1", "features/1", "masks/1/bolts/1", "features/2")) {
      assertThat(store.kept("relook", key).kmsKeyId()).as(key).contains("other");
    }
  }

  @Test
  void whatIsNotOfTheseImagesOrNotOursStaysAsItIs() throws Exception {
    copies.putUnderKey(LINES, "k");

    for (String key : List.of("others", "pictures/1/nuts/1", "masks/1/nuts/1")) {
      assertThat(store.kept("relook", key).kmsKeyId()).as(key).isEmpty();
    }
    assertThat(store.kept("customer", "a.png").kmsKeyId()).isEmpty();
  }

  @Test
  void aMissingObjectIsIgnored() throws Exception {
    store.bucket("relook").remove("pictures/1/bolts/1");

    assertThat(copies.putUnderKey(LINES, "k")).isEqualTo(4);
  }

  @Test
  void aKeyThatCannotBeUsedIsSaidAndAStoreThatIsDownToo() {
    store.forbidKey("disabled");
    assertThatThrownBy(() -> copies.putUnderKey(LINES, "disabled"))
        .isInstanceOf(ObjectUnavailableException.class);

    store.unreachable(true);
    assertThatThrownBy(() -> copies.putUnderKey(LINES, "k"))
        .isInstanceOf(UncheckedIOException.class);
  }

  private static TrainingImage line(
      String sourceRef, String bucket, String key, String features, @Nullable String mask) {
    return new TrainingImage(
        sourceRef,
        Split.TRAIN,
        new Annotation(Label.NORMAL, null, DatasetType.TRAIN, "anomaly-label", true, null, null),
        new StoredPicture("digest", bucket, key, 64, 64, features),
        mask == null ? null : new Mask("digest", "relook", mask, 64, 64, List.of("scratch")));
  }
}
