package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.ALL_IMAGES;
import static io.relook.job.dataset.DatasetFixtures.KEY;
import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.PROJECT;
import static io.relook.job.dataset.DatasetFixtures.aMarker;
import static io.relook.job.dataset.DatasetFixtures.aModel;
import static io.relook.job.dataset.DatasetFixtures.cut;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.standing;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.async.OrderedDrainingOperatorFactory;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.Mask;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.removal.RemovalFactory;
import io.relook.job.removal.RemoveObjectsStep;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.Label;
import io.relook.wire.S3Object;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Looks at the whole of relook's bucket after a project was deleted. */
class DeletedProjectHarnessTest {
  private static final String OTHER = "123456789012/bolts-2";

  private final InMemoryObjectStore store = new InMemoryObjectStore("relook");
  private long offset;

  @Test
  void nothingOfADeletedProjectIsLeftInTheBucketButWhatALifecycleRuleRemoves() throws Exception {
    try (DatasetHarness harness = DatasetHarness.open(ALL_IMAGES, false)) {
      harness.send(
          image("a", "pictures/" + KEY + "/a", null),
          image("b", BucketLayout.uploadsOf(KEY) + "any-name.png", null),
          image("c", "pictures/" + KEY + "/c", aMask("c")));
      harness.send(cut(PROJECT, place(), 1, 1));
      for (String version : List.of("1", "2")) {
        put(BucketLayout.manifest(KEY, "m" + version));
        put(BucketLayout.model(KEY, version, "d"));
        put(BucketLayout.trainingState(KEY, version, "d"));
      }
      put(BucketLayout.rejected(place()));
      List<String> ofOthers =
          List.of(
              BucketLayout.picture(OTHER, "a"),
              BucketLayout.features(OTHER, "v", "a"),
              BucketLayout.manifest(OTHER, "m"),
              BucketLayout.model(OTHER, "1", "d"),
              BucketLayout.uploadsOf(OTHER) + "x.png");
      for (String key : ofOthers) {
        put(key);
      }
      // Version 1 failed, so nobody knows the digest of what it left.
      harness.send(
          cut(
              place(),
              aMarker(PROJECT, 2, 1).setCommand(new DeleteModel(PROJECT, "1", null)).build()));
      apply(harness);
      assertThat(below("trainings/" + KEY + "/")).allMatch(key -> key.contains("/2/"));

      harness.send(
          cut(
              place(),
              aMarker(PROJECT, 3, 1)
                  .setModel(aModel(PROJECT, 2))
                  .setCommand(new DeleteProject(PROJECT, null))
                  .build()));
      harness.letTimePass(Duration.ofHours(49).plusMinutes(11).toMillis());
      harness.letTimePass(Duration.ofHours(2).toMillis());
      apply(harness);

      assertThat(store.bucket("relook").keySet())
          .filteredOn(key -> !ofOthers.contains(key))
          .isNotEmpty()
          .allMatch(DeletedProjectHarnessTest::hasALifecycleRule);
      assertThat(store.bucket("relook").keySet()).containsAll(ofOthers);
    }
  }

  private static boolean hasALifecycleRule(String key) {
    return Arrays.stream(BucketLayout.values())
        .anyMatch(prefix -> prefix.expiryDays() > 0 && key.startsWith(prefix.prefix()));
  }

  private List<String> below(String prefix) {
    return store.bucket("relook").keySet().stream().filter(key -> key.startsWith(prefix)).toList();
  }

  /** Does in the store what the data set has asked for so far. */
  private void apply(DatasetHarness harness) throws Exception {
    OutputTag<ObjectRemoval> published =
        new OutputTag<>("published", TypeInformation.of(ObjectRemoval.class));
    try (var removing =
        new OneInputStreamOperatorTestHarness<DatasetOutput, TrainingOrder>(
            new OrderedDrainingOperatorFactory<>(
                new RemovalFactory(new OwnBucket(store.factory(), "relook", null), published),
                RemoveObjectsStep.THREADS,
                RemoveObjectsStep.QUEUE))) {
      removing.open();
      for (DatasetOutput output : harness.orders()) {
        removing.processElement(new StreamRecord<>(output));
      }
      removing.prepareSnapshotPreBarrier(1);
    }
  }

  private ImageChange image(String name, String key, @Nullable Mask mask) throws Exception {
    StoredPicture picture =
        new StoredPicture(name, "relook", key, 64, 64, BucketLayout.features(KEY, "v", name));
    put(key);
    put(picture.featuresKey());
    put(picture.statisticsKey());
    return new ImageChange(
        DatasetFixtures.ACCOUNT,
        PROJECT,
        place(),
        name,
        labelled(Label.NORMAL),
        picture,
        mask,
        null);
  }

  private Mask aMask(String digest) throws Exception {
    put(BucketLayout.mask(KEY, digest));
    return new Mask(digest, "relook", BucketLayout.mask(KEY, digest), 64, 64, List.of());
  }

  private void put(String key) throws Exception {
    store.put(new S3Object("relook", key, null), new byte[] {1}, "text/plain", Optional.empty());
  }

  private KafkaRecord place() {
    return standing(0, offset++, NOON);
  }
}
