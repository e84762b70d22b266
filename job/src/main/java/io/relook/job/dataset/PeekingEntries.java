package io.relook.job.dataset;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Entries, the newest first, of which one can be looked at before it is taken. */
final class PeekingEntries {
  private final Iterator<DatasetEntry> entries;
  private Optional<DatasetEntry> head;

  PeekingEntries(Iterable<DatasetEntry> newestFirst) {
    entries = newestFirst.iterator();
    head = next();
  }

  private Optional<DatasetEntry> next() {
    return entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
  }

  boolean hasMore() {
    return head.isPresent();
  }

  DatasetEntry head() {
    return head.orElseThrow(NoSuchElementException::new);
  }

  DatasetEntry take() {
    DatasetEntry taken = head();
    head = next();
    return taken;
  }

  /** Whether its next entry is not older than that of others; false when it has none. */
  boolean isNewerThan(PeekingEntries others) {
    return hasMore() && (!others.hasMore() || head().updatedAt() >= others.head().updatedAt());
  }
}
