package io.relook.job.dataset;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An index by time over the keys of a map: finds the newest or oldest without reading the others.
 * Pure; equal on every state backend, because it needs no order of its cells. (Only RocksDB
 * iterates in the order of keys, and Flink does not promise it.)
 *
 * <p>It is a bitmap trie. A time has 42 bits, six a level; a node is a word of 64 bits that says
 * which children are not empty. Below the lowest level stands, for each millisecond, the head of a
 * doubly linked list of the keys of that millisecond. So adding and removing touch a constant
 * number of cells, and reading costs what is read.
 *
 * <p>The keys of one millisecond come in no particular order.
 */
final class TimeIndex {

  /** Cells of keyed state. */
  interface Cells<K, V> {
    Optional<V> get(K key);

    void put(K key, V value);

    void remove(K key);
  }

  private static final int BITS = 6;
  private static final int LEVELS = 7;
  private static final int TIME_BITS = BITS * LEVELS;

  /** Last time that is told from others: in the year 2109. */
  private static final long MAX_TIME = (1L << TIME_BITS) - 1;

  private final Cells<Long, Long> nodes;
  private final Cells<Long, String> heads;
  private final Cells<String, TimeLink> links;

  /**
   * @param nodes words of the trie, by group, level and beginning of the time
   * @param heads first key of a millisecond, by group and time
   * @param links neighbours of a key that shares its millisecond with others, by group and key
   */
  TimeIndex(Cells<Long, Long> nodes, Cells<Long, String> heads, Cells<String, TimeLink> links) {
    this.nodes = nodes;
    this.heads = heads;
    this.links = links;
  }

  /**
   * Adds a key, which the group must not have at any time.
   *
   * @param group number of the group, which keeps its keys apart from those of the others
   * @param time in milliseconds since the epoch
   */
  void add(int group, long time, String key) {
    long at = bounded(time);
    Optional<String> head = heads.get(place(group, at));
    heads.put(place(group, at), key);
    if (head.isPresent()) {
      links.put(link(group, key), new TimeLink(null, head.get()));
      TimeLink behind = links.get(link(group, head.get())).orElse(TimeLink.ALONE);
      putLink(group, head.get(), behind.after(key));
    } else {
      setBits(group, at);
    }
  }

  /** Removes a key; nothing happens when the group does not have it at that time. */
  void remove(int group, long time, String key) {
    long at = bounded(time);
    Optional<String> head = heads.get(place(group, at));
    Optional<TimeLink> link = links.get(link(group, key));
    boolean first = head.isPresent() && head.get().equals(key);
    if (!first && link.isEmpty()) {
      return;
    }
    TimeLink neighbours = link.orElse(TimeLink.ALONE);
    links.remove(link(group, key));
    String before = neighbours.previous();
    String after = neighbours.next();
    if (before != null) {
      links
          .get(link(group, before))
          .ifPresent(neighbour -> putLink(group, before, neighbour.before(after)));
    }
    if (after != null) {
      links
          .get(link(group, after))
          .ifPresent(neighbour -> putLink(group, after, neighbour.after(before)));
    }
    if (first && after != null) {
      heads.put(place(group, at), after);
    } else if (first) {
      heads.remove(place(group, at));
      clearBits(group, at);
    }
  }

  /** Keys of a group, the newest first. The group must not change meanwhile. */
  Iterable<String> newestFirst(int group) {
    return () -> new Keys(group, false);
  }

  /** Keys of a group, the oldest first. The group must not change meanwhile. */
  Iterable<String> oldestFirst(int group) {
    return () -> new Keys(group, true);
  }

  private void setBits(int group, long time) {
    for (int level = 0; level < LEVELS; level++) {
      long before = word(group, level, time >>> shift(level + 1));
      nodes.put(node(group, level, time >>> shift(level + 1)), before | bit(level, time));
      if (before != 0) {
        return;
      }
    }
  }

  private void clearBits(int group, long time) {
    for (int level = 0; level < LEVELS; level++) {
      long after = word(group, level, time >>> shift(level + 1)) & ~bit(level, time);
      if (after != 0) {
        nodes.put(node(group, level, time >>> shift(level + 1)), after);
        return;
      }
      nodes.remove(node(group, level, time >>> shift(level + 1)));
    }
  }

  /** The next time of a group that has keys, from {@code from} on, forwards or backwards. */
  private OptionalLong next(int group, long from, boolean forwards) {
    for (int level = 0; level < LEVELS; level++) {
      long bit = bit(level, from);
      long itself = level == 0 ? bit : 0;
      long beyond = forwards ? ~(bit | (bit - 1)) : bit - 1;
      long children = word(group, level, from >>> shift(level + 1)) & (beyond | itself);
      if (children != 0) {
        long time = child(from >>> shift(level + 1), children, forwards);
        for (int below = level - 1; below >= 0; below--) {
          time = child(time, word(group, below, time), forwards);
        }
        return OptionalLong.of(time);
      }
    }
    return OptionalLong.empty();
  }

  private static long child(long node, long children, boolean first) {
    int child =
        first
            ? Long.numberOfTrailingZeros(children)
            : Long.SIZE - 1 - Long.numberOfLeadingZeros(children);
    return node << BITS | child;
  }

  private long word(int group, int level, long beginning) {
    return nodes.get(node(group, level, beginning)).orElse(0L);
  }

  private void putLink(int group, String key, TimeLink link) {
    if (link.equals(TimeLink.ALONE)) {
      links.remove(link(group, key));
    } else {
      links.put(link(group, key), link);
    }
  }

  private static int shift(int level) {
    return BITS * level;
  }

  private static long bit(int level, long time) {
    return 1L << (time >>> shift(level) & (1 << BITS) - 1);
  }

  private static long node(int group, int level, long beginning) {
    return ((long) group * LEVELS + level) << TIME_BITS | beginning;
  }

  private static long place(int group, long time) {
    return (long) group << TIME_BITS | time;
  }

  private static String link(int group, String key) {
    return group + ":" + key;
  }

  private static long bounded(long time) {
    return Math.max(0, Math.min(time, MAX_TIME));
  }

  private final class Keys implements Iterator<String> {
    private final int group;
    private final boolean forwards;
    private OptionalLong time;
    private Optional<String> key;

    Keys(int group, boolean forwards) {
      this.group = group;
      this.forwards = forwards;
      this.time = TimeIndex.this.next(group, forwards ? 0 : MAX_TIME, forwards);
      this.key = head();
    }

    private Optional<String> head() {
      return time.isPresent() ? heads.get(place(group, time.getAsLong())) : Optional.empty();
    }

    @Override
    public boolean hasNext() {
      return key.isPresent();
    }

    @Override
    public String next() {
      String found = key.orElseThrow(NoSuchElementException::new);
      key = links.get(link(group, found)).flatMap(link -> Optional.ofNullable(link.next()));
      if (key.isEmpty()) {
        long from = time.getAsLong() + (forwards ? 1 : -1);
        time =
            from < 0 || from > MAX_TIME
                ? OptionalLong.empty()
                : TimeIndex.this.next(group, from, forwards);
        key = head();
      }
      return found;
    }
  }
}
