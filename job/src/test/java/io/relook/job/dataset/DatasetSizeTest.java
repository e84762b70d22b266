package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.KEY;
import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.PROJECT;
import static io.relook.job.dataset.DatasetFixtures.aMarker;
import static io.relook.job.dataset.DatasetFixtures.cut;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.sent;
import static io.relook.job.dataset.DatasetFixtures.standing;
import static io.relook.job.dataset.DatasetFixtures.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.StoredPicture;
import io.relook.schemas.Sha256;
import io.relook.wire.Label;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A data set of a million images in RocksDB: bytes of state, and times that must not grow with it.
 * The numbers: docs/numbers/state.md.
 */
@Tag("slow")
class DatasetSizeTest {
  private static final int IMAGES = Integer.getInteger("relook.images", 1_000_000);
  private static final int WINDOW = 16_000;

  @Test
  void aMillionImagesInOneProject() throws Exception {
    DatasetSettings settings =
        DatasetFixtures.settings(new DatasetSettings.Window(WINDOW, 4_000, Long.MAX_VALUE), true);
    try (DatasetHarness harness = DatasetHarness.openOnRocksDb(settings, 1)) {
      long start = System.nanoTime();
      for (int i = 0; i < IMAGES; i++) {
        harness.send(image(i));
      }
      double microsEach = (System.nanoTime() - start) / 1e3 / IMAGES;
      long before = harness.snapshot(1).state().getStateSize();
      Instant at = NOON.plusSeconds(IMAGES);

      long planned = System.nanoTime();
      harness.send(cut(standing(0, IMAGES, at), aMarker(PROJECT, 1, 1).setAdmittedAt(at).build()));
      double planMillis = (System.nanoTime() - planned) / 1e6;
      assertThat(harness.trainings()).hasSize(1);
      assertThat(harness.trainings().get(0).images()).hasSize(WINDOW);
      long after = harness.snapshot(2).state().getStateSize();

      for (int i = 0; i < 100; i++) {
        harness.send(
            withdrawn(standing(0, IMAGES + 1L + i, at), "line-3/part-%08d.jpg".formatted(i)));
      }
      long due = System.nanoTime();
      harness.letTimePass(Duration.ofHours(49).plusMinutes(11).toMillis());
      double dueMillis = (System.nanoTime() - due) / 1e6;
      assertThat(harness.objects(ObjectRemoval.Step.TO_TRASH)).isNotEmpty();

      System.out.printf(
          "%d images: %.0f us an image; %d bytes of state an entry; plan of %d images %.0f ms;"
              + " %d bytes a remembered split; erasure of 100 images %.0f ms%n",
          IMAGES,
          microsEach,
          before / IMAGES,
          WINDOW,
          planMillis,
          (after - before) / WINDOW,
          dueMillis);
      assertThat(planMillis).as("reads the window").isLessThan(10_000);
      assertThat(dueMillis).as("reads what is due").isLessThan(5_000);
    }
  }

  private static ImageChange image(int i) {
    String digest = Sha256.hex(("picture " + i).getBytes(StandardCharsets.UTF_8));
    Label label = i % 50 == 0 ? Label.ANOMALY : Label.NORMAL;
    return sent(
        standing(0, i, NOON.plusSeconds(i)),
        "line-3/part-%08d.jpg".formatted(i),
        labelled(label),
        new StoredPicture(
            digest,
            "relook",
            BucketLayout.picture(KEY, digest),
            640,
            480,
            BucketLayout.features(KEY, "0123456789abcdef-65536", digest)));
  }
}
