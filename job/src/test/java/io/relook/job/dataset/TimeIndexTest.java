package io.relook.job.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeIndexTest {
  private static final long NOON = 1_795_435_200_000L;

  private final InMemoryCells<Long, Long> nodes = new InMemoryCells<>();
  private final InMemoryCells<Long, String> heads = new InMemoryCells<>();
  private final InMemoryCells<String, TimeLink> links = new InMemoryCells<>();
  private final TimeIndex index = new TimeIndex(nodes, heads, links);

  @ParameterizedTest
  @ValueSource(longs = {3, 1_000, 60_000, 30_000_000_000L})
  void itIsTheOrderOfASortedMap(long spread) {
    Random random = new Random(new Random(20261201L + spread).nextLong());
    Map<String, Long> reference = new TreeMap<>();
    for (int step = 0; step < 3_000; step++) {
      String key = "k" + random.nextInt(200);
      Long before = reference.remove(key);
      if (before != null) {
        index.remove(1, before, key);
      }
      if (random.nextInt(3) > 0) {
        long time = NOON + Math.floorMod(random.nextLong(), spread);
        reference.put(key, time);
        index.add(1, time, key);
      }
    }

    List<String> newest = new ArrayList<>();
    index.newestFirst(1).forEach(newest::add);
    assertThat(newest).containsExactlyInAnyOrderElementsOf(reference.keySet());
    assertThat(newest)
        .isSortedAccordingTo(Comparator.comparingLong(reference::get).reversed()::compare);
    List<String> oldest = new ArrayList<>();
    index.oldestFirst(1).forEach(oldest::add);
    assertThat(oldest).containsExactlyInAnyOrderElementsOf(reference.keySet());
    assertThat(oldest).isSortedAccordingTo(Comparator.comparingLong(reference::get)::compare);

    reference.forEach((key, time) -> index.remove(1, time, key));
    assertThat(nodes.cells).isEmpty();
    assertThat(heads.cells).isEmpty();
    assertThat(links.cells).isEmpty();
  }

  @Test
  void groupsAreApart() {
    index.add(0, NOON, "a");
    index.add(1, NOON, "b");
    index.add(1, NOON + 1, "a");

    assertThat(index.newestFirst(0)).containsExactly("a");
    assertThat(index.newestFirst(1)).containsExactly("a", "b");
    assertThat(index.newestFirst(2)).isEmpty();
  }

  @Test
  void whatIsNotThereIsNotRemoved() {
    index.add(0, NOON, "a");
    index.remove(0, NOON, "b");
    index.remove(0, NOON + 1, "a");

    assertThat(index.oldestFirst(0)).containsExactly("a");
  }

  @Test
  void timesBeyondTheBoundsAreAtTheBounds() {
    index.add(0, Long.MAX_VALUE, "never");
    index.add(0, -1, "no time");
    index.add(0, NOON, "noon");

    assertThat(index.oldestFirst(0)).containsExactly("no time", "noon", "never");
  }

  /** What is read does not grow with what is there. */
  @Test
  void theNewestAreFoundWithoutTheOthers() {
    for (int i = 0; i < 100_000; i++) {
      index.add(0, NOON + 1_000L * i, "k" + i);
    }
    long before = reads();
    List<String> newest = new ArrayList<>();
    for (String key : index.newestFirst(0)) {
      newest.add(key);
      if (newest.size() == 100) {
        break;
      }
    }

    assertThat(newest).startsWith("k99999").endsWith("k99900");
    assertThat(reads() - before).isLessThan(100 * 10);
  }

  /** Pictures of one batch share their record time. */
  @Test
  void manyOfOneMillisecondCostNoMoreThanOthers() {
    for (int i = 0; i < 10_000; i++) {
      index.add(0, NOON, "k" + i);
    }
    long before = reads();
    for (int i = 0; i < 10_000; i++) {
      index.remove(0, NOON, "k" + i);
    }

    assertThat(reads() - before).isLessThan(10_000 * 6);
    assertThat(index.newestFirst(0)).isEmpty();
  }

  private long reads() {
    return nodes.reads + heads.reads + links.reads;
  }

  /** Cells that count how often they are read. */
  static final class InMemoryCells<K, V> implements TimeIndex.Cells<K, V> {
    final Map<K, V> cells = new HashMap<>();
    long reads;

    @Override
    public Optional<V> get(K key) {
      reads++;
      return Optional.ofNullable(cells.get(key));
    }

    @Override
    public void put(K key, V value) {
      cells.put(key, value);
    }

    @Override
    public void remove(K key) {
      cells.remove(key);
    }
  }
}
