package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.KEY;
import static io.relook.job.dataset.DatasetFixtures.aPicture;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.job.domain.Split;
import io.relook.wire.Label;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitRuleTest {
  private final Map<String, Split> splitOfBytes = new HashMap<>();

  @ParameterizedTest
  @CsvSource({"20, 10", "50, 10", "51, 11", "55, 11", "100, 20", "101, 21"})
  @Contract("SPLIT")
  void testGetsTenOrAFifthOfAClass(int normal, int inTest) {
    assertThat(inTest(images("good", Label.NORMAL, normal))).isEqualTo(inTest);
  }

  @Test
  void eachClassIsCountedForItself() {
    List<DatasetEntry> normal = images("good", Label.NORMAL, 100);
    List<DatasetEntry> anomalous = images("bad", Label.ANOMALY, 30);
    Map<String, Split> splits = splits(both(normal, anomalous));

    assertThat(inTest(normal, splits)).isEqualTo(20);
    assertThat(inTest(anomalous, splits)).isEqualTo(10);
  }

  @Test
  void exactlyTenAnomalousImagesAreAllTestImages() {
    List<DatasetEntry> anomalous = images("bad", Label.ANOMALY, 10);

    assertThat(inTest(anomalous, splits(both(images("good", Label.NORMAL, 20), anomalous))))
        .isEqualTo(10);
  }

  @Test
  void theOrderOfArrivalDecidesNothing() {
    List<DatasetEntry> images = images("good", Label.NORMAL, 60);
    List<DatasetEntry> shuffled = new ArrayList<>(images);
    Collections.shuffle(shuffled, new Random(1));

    assertThat(splits(shuffled)).isEqualTo(splits(images));
  }

  @Test
  void anotherProjectSplitsOtherwise() {
    List<DatasetEntry> images = images("good", Label.NORMAL, 60);

    assertThat(
            SplitRule.splits(
                "123456789012/nuts", images, this::known, SplitRule.Undecided.TRAIN_AND_TEST))
        .isNotEqualTo(splits(images));
  }

  @Test
  void equalBytesShareASide() {
    List<DatasetEntry> images = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      images.add(image("good-" + i, Label.NORMAL, "digest-" + i % 20));
    }
    Map<String, Split> splits = splits(images);

    for (int i = 0; i < 60; i++) {
      assertThat(splits.get("good-" + i)).isEqualTo(splits.get("good-" + i % 20));
    }
  }

  @Test
  void bytesThatWereLearnedFromStayOutOfTestUnderAnyName() {
    for (int i = 0; i < 60; i++) {
      splitOfBytes.put("digest-of-good-" + i, Split.TRAIN);
    }

    assertThat(inTest(images("good", Label.NORMAL, 60))).isZero();
  }

  @Test
  @Contract("SPLIT-STICKY")
  void anImageKeepsItsSideWhenItsPictureIsReplaced() {
    DatasetEntry replaced = image("good-0", Label.NORMAL, "new bytes").on(Split.TEST);

    assertThat(splits(List.of(replaced))).containsEntry("good-0", Split.TEST);
  }

  @Test
  void bytesCountBeforeNames() {
    splitOfBytes.put("learned bytes", Split.TRAIN);
    DatasetEntry replaced = image("good-0", Label.NORMAL, "learned bytes").on(Split.TEST);

    assertThat(splits(List.of(replaced))).containsEntry("good-0", Split.TRAIN);
  }

  @Test
  void withoutTakingTestImagesOnlyKnownOnesAreThere() {
    List<DatasetEntry> images = new ArrayList<>(images("good", Label.NORMAL, 15));
    splitOfBytes.put("digest-of-good-3", Split.TEST);

    assertThat(
            inTest(
                images, SplitRule.splits(KEY, images, this::known, SplitRule.Undecided.TRAIN_ONLY)))
        .isEqualTo(1);
  }

  private Optional<Split> known(String digest) {
    return Optional.ofNullable(splitOfBytes.get(digest));
  }

  private Map<String, Split> splits(List<DatasetEntry> entries) {
    return SplitRule.splits(KEY, entries, this::known, SplitRule.Undecided.TRAIN_AND_TEST);
  }

  private long inTest(List<DatasetEntry> entries) {
    return inTest(entries, splits(entries));
  }

  private static long inTest(List<DatasetEntry> entries, Map<String, Split> splits) {
    return entries.stream().filter(entry -> splits.get(entry.sourceRef()) == Split.TEST).count();
  }

  private static List<DatasetEntry> both(List<DatasetEntry> some, List<DatasetEntry> others) {
    List<DatasetEntry> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  private static List<DatasetEntry> images(String name, Label label, int count) {
    List<DatasetEntry> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      images.add(image(name + "-" + i, label, "digest-of-" + name + "-" + i));
    }
    return images;
  }

  private static DatasetEntry image(String sourceRef, Label label, String digest) {
    return new DatasetEntry(sourceRef, labelled(label), aPicture(digest), 0, 0, null, null);
  }
}
