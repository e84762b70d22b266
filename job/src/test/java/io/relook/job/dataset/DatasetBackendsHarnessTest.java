package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.PROJECT;
import static io.relook.job.dataset.DatasetFixtures.aMarker;
import static io.relook.job.dataset.DatasetFixtures.aPicture;
import static io.relook.job.dataset.DatasetFixtures.cut;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.sent;
import static io.relook.job.dataset.DatasetFixtures.standing;
import static io.relook.job.dataset.DatasetFixtures.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.domain.Annotation;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.Label;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * The data set says the same on both state backends, and its windows are what a look at all images
 * gives.
 */
class DatasetBackendsHarnessTest {
  private static final int WINDOW = 12;
  private static final long MAX_AGE = 400;
  private static final DatasetSettings SETTINGS =
      DatasetFixtures.settings(new DatasetSettings.Window(WINDOW, WINDOW, MAX_AGE), false);

  @RepeatedTest(6)
  void bothSayTheSameAndWindowsAreTheNewest(RepetitionInfo repetition) throws Exception {
    Random random = new Random(new Random(repetition.getCurrentRepetition()).nextLong());
    Map<String, ImageChange> present = new TreeMap<>();
    int[] cuts = {0};
    try (DatasetHarness heap = DatasetHarness.open(SETTINGS, 1);
        DatasetHarness rocks = DatasetHarness.openOnRocksDb(SETTINGS, 1)) {
      for (int step = 0; step < 300; step++) {
        // Partitions are read one behind the other, so times go back and forth.
        KafkaRecord place = standing(0, step, NOON.plusMillis(step * 2L - random.nextInt(200)));
        ImageChange change = change(random, place, present, cuts);
        heap.send(change);
        rocks.send(change);
        if (random.nextInt(20) == 0) {
          heap.letTimePass(Duration.ofHours(20).toMillis());
          rocks.letTimePass(Duration.ofHours(20).toMillis());
        }
        assertThat(rocks.trainings()).hasSameSizeAs(heap.trainings());
        CutMarker marker = change.cut();
        if (marker != null && marker.getModel() != null && !heap.trainings().isEmpty()) {
          TrainingOrder last = heap.trainings().get(heap.trainings().size() - 1);
          if (last.cutId().equals(marker.getCutId())) {
            assertThat(last.images())
                .extracting(TrainingImage::sourceRef)
                .isEqualTo(window(present, marker.getAdmittedAt().toEpochMilli()));
          }
        }
      }
      assertThat(heap.trainings()).as("or nothing was compared").isNotEmpty();
      assertThat(heap.removals()).as("or nothing was erased").isNotEmpty();
      assertThat(rocks.orders()).isEqualTo(heap.orders());
      assertThat(rocks.announced()).usingRecursiveComparison().isEqualTo(heap.announced());
      assertThat(rocks.left(DatasetFixtures.KEY)).isEqualTo(heap.left(DatasetFixtures.KEY));
    }
  }

  private static ImageChange change(
      Random random, KafkaRecord place, Map<String, ImageChange> present, int[] cuts) {
    String name = "image-" + random.nextInt(60);
    int kind = random.nextInt(40);
    if (kind == 0) {
      present.values().removeIf(change -> annotation(change).dataset() == DatasetType.TRAIN);
      CutMarker.Builder deletes =
          aMarker(PROJECT, ++cuts[0], 1)
              .setModel(null)
              .setCommand(new DeleteDataset(PROJECT, DatasetType.TRAIN, null));
      return cut(place, deletes.setAdmittedAt(Instant.ofEpochMilli(place.timestamp())).build());
    }
    if (kind < 5) {
      return cut(
          place,
          aMarker(PROJECT, ++cuts[0], 1)
              .setAdmittedAt(Instant.ofEpochMilli(place.timestamp()))
              .build());
    }
    if (kind < 12) {
      present.remove(name);
      return withdrawn(place, name);
    }
    Label label = Label.values()[random.nextInt(Label.values().length)];
    ImageChange image =
        sent(
            place,
            name,
            labelled(label, DatasetType.TRAIN),
            aPicture("digest-" + random.nextInt(80)));
    present.put(name, image);
    return image;
  }

  /** Which images a training sees, by looking at all. */
  private static List<String> window(Map<String, ImageChange> present, long cutTime) {
    List<ImageChange> newest = new ArrayList<>(present.values());
    newest.removeIf(image -> annotation(image).label() == Label.NONE);
    newest.removeIf(image -> cutTime - image.origin().timestamp() > MAX_AGE);
    newest.sort(
        Comparator.comparingLong((ImageChange image) -> -image.origin().timestamp())
            .thenComparing(ImageChange::sourceRef));
    return newest.stream().limit(WINDOW).map(ImageChange::sourceRef).sorted().toList();
  }

  private static Annotation annotation(ImageChange image) {
    return Objects.requireNonNull(image.annotation());
  }
}
