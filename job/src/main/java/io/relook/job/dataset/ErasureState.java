package io.relook.job.dataset;

import java.util.Map;

/** What is remembered of one project's objects that await erasure, by their keys. */
interface ErasureState {

  /** Where an object stands on its way to erasure. */
  enum Stage {
    /** No image refers to it; it is where it was. */
    UNREFERENCED,
    /** Moved to trash (soft delete). */
    TRASH
  }

  /** Objects at a stage whose time has come, the longest due first; at most so many. */
  Map<String, DueErasure> due(Stage stage, long now, int most);

  boolean contains(Stage stage, String key);

  void put(Stage stage, String key, DueErasure due);

  void remove(Stage stage, String key);
}
