package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.PROJECT;
import static io.relook.job.dataset.DatasetFixtures.aCreateModel;
import static io.relook.job.dataset.DatasetFixtures.aPicture;
import static io.relook.job.dataset.DatasetFixtures.cut;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.sent;
import static io.relook.job.dataset.DatasetFixtures.standing;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.domain.ImageChange;
import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteProject;
import io.relook.wire.Label;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AlignmentBufferTest {
  private final InMemoryAlignmentState state = new InMemoryAlignmentState();
  private final List<String> done = new ArrayList<>();
  private long offset;

  @Test
  void whatComesBehindAMarkerIsAppliedAfterTheCut() throws Exception {
    image(0, "before");
    marker(0, 1, 2);
    image(0, "behind");
    image(1, "before too");
    marker(1, 1, 2);

    assertThat(done)
        .containsExactly(
            "before", "buffered behind", "before too", "cut 1", "released behind", "behind");
    assertThat(state.alignment).isEqualTo(CutAlignment.NONE);
    assertThat(state.buffered).isEmpty();
  }

  @Test
  void whatWasBufferedMayAlignTheNextCutAtOnce() throws Exception {
    marker(0, 1, 2);
    marker(0, 2, 2);
    image(0, "behind both");
    marker(1, 1, 2);
    assertThat(done).containsExactly("buffered behind both", "cut 1");

    marker(1, 2, 2);

    assertThat(done)
        .containsExactly(
            "buffered behind both", "cut 1", "cut 2", "released behind both", "behind both");
  }

  @Test
  void whatWaitsForManyCutsIsWrittenAndReadOnce() throws Exception {
    int cuts = 50;
    for (int cut = 1; cut <= cuts; cut++) {
      marker(0, cut, 2);
      for (int i = 0; i < 20; i++) {
        image(0, "behind " + cut + " " + i);
      }
    }
    long written = state.written;
    for (int cut = 1; cut <= cuts; cut++) {
      marker(1, cut, 2);
    }

    assertThat(done).contains("cut 50").endsWith("behind 50 19");
    assertThat(done.stream().filter(event -> event.startsWith("behind"))).hasSize(20 * cuts);
    assertThat(state.written - written).as("the markers of partition 1").isEqualTo(cuts);
    // Each is looked at once; the marker behind the cut at hand, in each partition, at each cut.
    assertThat(state.read).isLessThan(20L * cuts + 8L * cuts);
  }

  @Test
  void changesOfSeveralPartitionsComeInTheOrderOfTheirArrival() throws Exception {
    marker(0, 1, 3);
    image(0, "a");
    marker(1, 1, 3);
    image(1, "b");
    image(0, "c");
    marker(1, 2, 3);
    image(1, "d");
    marker(2, 1, 3);

    assertThat(done.stream().filter(event -> event.length() == 1)).containsExactly("a", "b", "c");
    assertThat(state.buffered.get(1)).hasSize(2);
  }

  @Test
  void theBytesOfPicturesDoNotWait() throws Exception {
    marker(0, 1, 2);
    offer(withValue("picture", new byte[100_000]));
    offer(withValue("label", new byte[100]));

    assertThat(state.buffered.get(0))
        .extracting(waiting -> waiting.change().origin().value())
        .containsExactly(null, null, new byte[100]);
  }

  private ImageChange withValue(String name, byte[] value) {
    KafkaRecord place = standing(0, offset++, NOON);
    KafkaRecord origin =
        new KafkaRecord(
            place.topic(), place.partition(), place.offset(), place.timestamp(), null, value);
    return sent(origin, name, labelled(Label.NORMAL), aPicture(name));
  }

  @Test
  void aMarkerThatIsWrittenAgainChangesNothing() throws Exception {
    marker(0, 1, 1);
    marker(0, 1, 1);
    image(0, "after");

    assertThat(done).containsExactly("cut 1", "after");
  }

  @Test
  void cutsAreForgottenAfterTheirTime() throws Exception {
    marker(0, 1, 1);
    int later = (int) (AlignmentBuffer.CUTS_REMEMBERED_MILLIS / 1000) + 2;
    marker(0, later, 1);

    assertThat(state.applied).containsOnlyKeys(DatasetFixtures.cutId(later));
  }

  @Test
  void theCutsOfADeletedProjectStayKnown() throws Exception {
    marker(0, 1, 1);
    offer(of("first", 2, new DeleteProject(PROJECT, null)));
    marker(0, 1, 1);

    assertThat(done).containsExactly("cut 1", "cut 2");
    assertThat(state.applied).containsOnlyKeys(DatasetFixtures.cutId(1), DatasetFixtures.cutId(2));
  }

  @Test
  void aMarkerOfADeletedProjectIsIgnoredAlsoWhenItsIdIsNew() throws Exception {
    offer(of("first", 1, new DeleteProject(PROJECT, null)));
    offer(of("first", 2, new DeleteDataset(PROJECT, DatasetType.TRAIN, null)));
    offer(of("second", 5, aCreateModel(PROJECT)));
    offer(of("first", 3, new DeleteDataset(PROJECT, DatasetType.TRAIN, null)));
    image(0, "after");

    assertThat(done).containsExactly("cut 1", "ignored 2", "cut 5", "ignored 3", "after");
    assertThat(state.incarnation).isEqualTo(new Incarnation("second", 5, false));
  }

  @Test
  void aProjectWhoseDeletionIsLostGivesWayToItsSuccessor() throws Exception {
    offer(of("first", 1, aCreateModel(PROJECT)));
    offer(of("second", 5, aCreateModel(PROJECT)));
    offer(of("first", 2, aCreateModel(PROJECT)));

    assertThat(done).containsExactly("cut 1", "cut 5", "ignored 2");
  }

  private ImageChange of(String incarnation, int cut, Object command) {
    ImageChange change = cut(PROJECT, standing(0, offset++, NOON), cut, 1);
    CutMarker marker =
        CutMarker.newBuilder(change.cut())
            .setIncarnation(incarnation)
            .setSequence(cut)
            .setCommand(command)
            .build();
    return new ImageChange(
        change.account(), change.project(), change.origin(), "", null, null, null, marker);
  }

  private void image(int partition, String name) throws Exception {
    offer(sent(standing(partition, offset++, NOON), name, labelled(Label.NORMAL), aPicture(name)));
  }

  private void marker(int partition, int cut, int partitions) throws Exception {
    offer(cut(PROJECT, standing(partition, offset++, NOON), cut, partitions));
  }

  private void offer(ImageChange change) throws Exception {
    AlignmentBuffer.offer(
        state,
        change,
        new AlignmentBuffer.Target() {
          @Override
          public void apply(ImageChange applied) {
            done.add(applied.sourceRef());
          }

          @Override
          public void applyCut(ImageChange marker) {
            CutMarker cut = Objects.requireNonNull(marker.cut());
            done.add("cut " + cut.getCutId().substring(cut.getCutId().lastIndexOf('-') + 1));
          }

          @Override
          public void otherIncarnation(CutMarker marker) {
            done.add("ignored " + marker.getSequence());
          }

          @Override
          public void buffered(ImageChange waiting) {
            done.add("buffered " + waiting.sourceRef());
          }

          @Override
          public void released(ImageChange waited) {
            done.add("released " + waited.sourceRef());
          }
        });
  }

  private static final class InMemoryAlignmentState implements AlignmentState {
    private CutAlignment alignment = CutAlignment.NONE;
    private Incarnation incarnation = Incarnation.UNKNOWN;
    private final Map<Integer, Deque<BufferedChange>> buffered = new TreeMap<>();
    private long arrivals;
    private long written;
    private long read;
    private final Map<String, Long> applied = new LinkedHashMap<>();

    @Override
    public CutAlignment alignment() {
      return alignment;
    }

    @Override
    public void put(CutAlignment now) {
      alignment = now;
    }

    @Override
    public Set<Integer> bufferedPartitions() {
      return Set.copyOf(buffered.keySet());
    }

    @Override
    public Optional<BufferedChange> firstBuffered(int partition) {
      read++;
      return Optional.ofNullable(buffered.get(partition)).map(Deque::getFirst);
    }

    @Override
    public void buffer(ImageChange change) {
      written++;
      buffered
          .computeIfAbsent(change.origin().partition(), partition -> new ArrayDeque<>())
          .add(new BufferedChange(arrivals++, change));
    }

    @Override
    public void removeFirstBuffered(int partition) {
      Deque<BufferedChange> queue = Objects.requireNonNull(buffered.get(partition));
      queue.removeFirst();
      if (queue.isEmpty()) {
        buffered.remove(partition);
      }
    }

    @Override
    public void endAlignment() {
      alignment = CutAlignment.NONE;
    }

    @Override
    public boolean isApplied(String cutId) {
      return applied.containsKey(cutId);
    }

    @Override
    public Iterable<Map.Entry<String, Long>> appliedCuts() {
      return List.copyOf(applied.entrySet());
    }

    @Override
    public void rememberApplied(String cutId, long timestamp) {
      applied.put(cutId, timestamp);
    }

    @Override
    public void forgetApplied(String cutId) {
      applied.remove(cutId);
    }

    @Override
    public Incarnation incarnation() {
      return incarnation;
    }

    @Override
    public void put(Incarnation now) {
      incarnation = now;
    }
  }
}
