package io.relook.job.dataset;

import io.relook.wire.CutMarker;
import io.relook.wire.DeleteProject;

/**
 * The project that a key's cuts are of: projects of one name follow each other, and a late marker
 * of a deleted one must not act on the next. Pure.
 *
 * @param id place of its CreateProject
 * @param sequence highest sequence of a cut that was applied
 * @param ended whether its DeleteProject was applied
 */
public record Incarnation(String id, long sequence, boolean ended) {

  /** Before the first cut: takes the markers of every incarnation. */
  static final Incarnation UNKNOWN = new Incarnation("", -1, false);

  /**
   * Whether a marker is of this project, or of one created after it, which then takes its place.
   * The registry's sequence grows from one incarnation to the next.
   */
  boolean takes(CutMarker marker) {
    return marker.getIncarnation().equals(id) ? !ended : marker.getSequence() > sequence;
  }

  /** The incarnation after a cut that it takes was applied. */
  Incarnation after(CutMarker applied) {
    return new Incarnation(
        applied.getIncarnation(),
        Math.max(sequence, applied.getSequence()),
        applied.getCommand() instanceof DeleteProject);
  }
}
