package io.relook.job.dataset;

import io.relook.schemas.Excerpt;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.Label;
import java.util.ArrayList;
import java.util.List;

/**
 * What became of the images of an import so far. Pure.
 *
 * @param taken images that the data set took
 * @param unlabelled those of them without a label
 * @param reasons why the first images were rejected: image and sentence
 */
public record ImportTally(int taken, int unlabelled, List<String> reasons) {

  static final ImportTally NONE = new ImportTally(0, 0, List.of());

  /** Reasons that a status message names. */
  private static final int MOST_REASONS = 3;

  ImportTally taken(Label label) {
    return new ImportTally(taken + 1, unlabelled + (label == Label.NONE ? 1 : 0), reasons);
  }

  ImportTally rejected(String sourceRef, String sentence) {
    if (reasons.size() == MOST_REASONS) {
      return this;
    }
    List<String> more = new ArrayList<>(reasons);
    more.add(Excerpt.of(sourceRef) + ": " + sentence);
    return new ImportTally(taken, unlabelled, more);
  }

  /** The counts at the end. What was not taken was rejected, at whatever stage. */
  DatasetCounts.Lines lines(DatasetOutcome outcome) {
    return new DatasetCounts.Lines(
        outcome.getLines(), taken, unlabelled, Math.max(0, outcome.getLines() - taken));
  }

  /** The counts as sentences, with the first reasons and where to find all. */
  String sentences(DatasetOutcome outcome) {
    DatasetCounts.Lines lines = lines(outcome);
    StringBuilder text = new StringBuilder();
    text.append(
        "%d %s: %d taken, %d of them unlabelled, %d rejected."
            .formatted(
                lines.read(),
                lines.read() == 1 ? "line" : "lines",
                lines.taken(),
                lines.unlabelled(),
                lines.rejected()));
    if (!outcome.getMessage().isEmpty()) {
      text.append(' ').append(outcome.getMessage());
    }
    if (lines.rejected() > 0) {
      text.append(lines.rejected() > reasons.size() ? " Rejected, among others:" : " Rejected:");
      for (int i = 0; i < reasons.size(); i++) {
        text.append(" (").append(i + 1).append(") ").append(reasons.get(i));
      }
      text.append(" All of them: 'relook rejections list --project ")
          .append(outcome.getProjectName())
          .append("'.");
    }
    return text.toString();
  }
}
