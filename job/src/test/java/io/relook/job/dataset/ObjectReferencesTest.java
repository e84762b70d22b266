package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.KEY;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.dataset.TimeIndexTest.InMemoryCells;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.Mask;
import io.relook.job.domain.StoredPicture;
import io.relook.wire.Label;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ObjectReferencesTest {
  private static final String OLD = BucketLayout.features(KEY, "old", "d");
  private static final String NEW = BucketLayout.features(KEY, "new", "d");
  private static final String COPY = BucketLayout.picture(KEY, "d");

  private final InMemoryCells<String, PictureUse> pictures = new InMemoryCells<>();
  private final InMemoryCells<String, Integer> others = new InMemoryCells<>();
  private final ObjectReferences references = new ObjectReferences("relook", pictures, others);

  @Test
  void anObjectIsReferencedUntilItsLastImageIsGone() {
    references.add(image("a", "relook", COPY, OLD, null));
    references.add(image("b", "relook", COPY, OLD, null));
    references.remove(image("a", "relook", COPY, OLD, null));
    assertThat(references.isReferenced(OLD)).isTrue();
    assertThat(references.isReferenced(BucketLayout.statistics(OLD))).isTrue();
    assertThat(references.isReferenced(COPY)).isTrue();

    references.remove(image("b", "relook", COPY, OLD, null));
    assertThat(references.isReferenced(OLD)).isFalse();
    assertThat(references.isReferenced(BucketLayout.statistics(OLD))).isFalse();
    assertThat(references.isReferenced(COPY)).isFalse();
    assertThat(references.hasPicture("d")).isFalse();
    assertThat(pictures.cells).isEmpty();
    assertThat(others.cells).isEmpty();
  }

  @Test
  void featuresOfAnotherBackboneAreOtherObjectsOfThePicture() {
    references.add(image("a", "relook", COPY, NEW, null));

    assertThat(references.isReferenced(OLD)).isFalse();
    assertThat(references.hasPicture("d")).isTrue();
  }

  @Test
  void statisticsOfAnOlderFormatAreNobodys() {
    references.add(image("a", "relook", COPY, OLD, null));

    String older = BucketLayout.statistics(OLD).replaceAll("-v[0-9]+$", "-v0");
    assertThat(references.isReferenced(older)).isFalse();
  }

  @Test
  void aPictureThatACustomerKeepsIsNoCopy() {
    references.add(image("a", "photos", "line/1.png", OLD, null));

    assertThat(references.isReferenced(COPY)).isFalse();
    assertThat(references.isReferenced(OLD)).isTrue();
  }

  @Test
  void aMaskIsAnObjectOfItsOwn() {
    String key = BucketLayout.mask(KEY, "m");
    Mask mask = new Mask("m", "relook", key, 64, 64, List.of("dent"));
    references.add(image("a", "relook", COPY, OLD, mask));
    assertThat(references.isReferenced(key)).isTrue();

    references.remove(image("a", "relook", COPY, OLD, mask));
    assertThat(references.isReferenced(key)).isFalse();
  }

  @Test
  void objectsOfAWaitingChangeAreKnownUntilItIsReleased() {
    references.buffered(List.of(OLD, COPY));
    references.buffered(List.of(OLD));
    references.released(List.of(OLD, COPY));
    assertThat(references.isBuffered(OLD)).isTrue();
    assertThat(references.isBuffered(COPY)).isFalse();

    references.released(List.of(OLD));
    assertThat(others.cells).isEmpty();
  }

  private static DatasetEntry image(
      String name, String bucket, String key, String features, @Nullable Mask mask) {
    return new DatasetEntry(
        name,
        labelled(Label.NORMAL),
        new StoredPicture("d", bucket, key, 64, 64, features),
        1,
        1,
        null,
        mask);
  }
}
