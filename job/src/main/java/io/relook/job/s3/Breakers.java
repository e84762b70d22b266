package io.relook.job.s3;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A breaker for each bucket of others. It opens when {@value #OBJECTS} distinct objects of the
 * bucket fail within a minute and none is read meanwhile; one object that is read closes it. While
 * it is open, one request in {@link #TRIAL} tries the bucket. An object that failed is not asked
 * for again within the same time. Safe for use by several threads.
 */
public final class Breakers {
  static final int OBJECTS = 3;
  static final Duration WINDOW = Duration.ofSeconds(60);
  static final Duration TRIAL = Duration.ofSeconds(5);

  /** Buckets that are watched: the one that failed longest ago is forgotten first. */
  static final int MOST_BUCKETS = 1_000;

  private final Map<String, Breaker> breakers = new LinkedHashMap<>();

  private static final class Breaker {
    /** Objects that failed since one was read, and when each failed last. */
    private final Map<String, Long> failed = new LinkedHashMap<>();

    /** Objects that failed a moment ago, and when. */
    private final Map<String, Long> recent = new LinkedHashMap<>();

    private boolean open;
    private long nextTrial;
  }

  /**
   * An object was not read or written.
   *
   * @param now of a clock that only runs forward, in milliseconds
   * @return whether this opened the breaker
   */
  public synchronized boolean failed(String bucket, String key, long now) {
    Breaker breaker = breakers.remove(bucket);
    if (breaker == null) {
      breaker = new Breaker();
    }
    breakers.put(bucket, breaker);
    if (breakers.size() > MOST_BUCKETS) {
      breakers.remove(breakers.keySet().iterator().next());
    }
    breaker.recent.put(key, now);
    breaker.recent.values().removeIf(at -> now - at >= TRIAL.toMillis());
    if (breaker.open) {
      return false;
    }
    breaker.failed.remove(key);
    breaker.failed.put(key, now);
    breaker.failed.values().removeIf(at -> now - at > WINDOW.toMillis());
    if (breaker.failed.size() < OBJECTS) {
      return false;
    }
    breaker.open = true;
    breaker.nextTrial = now + TRIAL.toMillis();
    breaker.failed.clear();
    return true;
  }

  /**
   * An object of the bucket was read or written.
   *
   * @return whether this closed the breaker
   */
  public synchronized boolean succeeded(String bucket, String key) {
    Breaker breaker = breakers.get(bucket);
    if (breaker == null) {
      return false;
    }
    boolean closes = breaker.open;
    breaker.open = false;
    breaker.failed.clear();
    breaker.recent.remove(key);
    if (breaker.recent.isEmpty()) {
      breakers.remove(bucket);
    }
    return closes;
  }

  public synchronized boolean isOpen(String bucket) {
    Breaker breaker = breakers.get(bucket);
    return breaker != null && breaker.open;
  }

  /**
   * Whether an object may be asked for now. An object that has just failed may not, and while the
   * breaker is open, one request in a while may.
   */
  public synchronized boolean mayTry(String bucket, String key, long now) {
    Breaker breaker = breakers.get(bucket);
    if (breaker == null) {
      return true;
    }
    if (!breaker.open) {
      Long failedAt = breaker.recent.get(key);
      return failedAt == null || now - failedAt >= TRIAL.toMillis();
    }
    if (now < breaker.nextTrial) {
      return false;
    }
    breaker.nextTrial = now + TRIAL.toMillis();
    return true;
  }

  /** Buckets whose breakers are open, sorted. */
  public synchronized List<String> open() {
    Set<String> open = new HashSet<>();
    breakers.forEach(
        (bucket, breaker) -> {
          if (breaker.open) {
            open.add(bucket);
          }
        });
    List<String> sorted = new ArrayList<>(open);
    sorted.sort(null);
    return sorted;
  }
}
