package io.relook.job.dataset;

import org.jspecify.annotations.Nullable;

/**
 * Neighbours of a key among those of its millisecond, in a {@link TimeIndex}.
 *
 * @param previous the key before it; null for the first
 * @param next the key behind it; null for the last
 */
public record TimeLink(@Nullable String previous, @Nullable String next) {

  /** Of the only key of a millisecond, which needs no link. */
  static final TimeLink ALONE = new TimeLink(null, null);

  TimeLink after(@Nullable String key) {
    return new TimeLink(key, next);
  }

  TimeLink before(@Nullable String key) {
    return new TimeLink(previous, key);
  }
}
