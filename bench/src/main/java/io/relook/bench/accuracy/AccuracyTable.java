package io.relook.bench.accuracy;

import java.util.Locale;

/** Results as lines of text, one below the other. */
final class AccuracyTable {
  static final String HEADER =
      "%-16s %8s %4s  %6s %6s  %6s %6s %6s  %7s %6s %6s %5s  %s"
          .formatted(
              "folder",
              "labelled",
              "seed",
              "AUROC",
              "AP",
              "F1",
              "F1 max",
              "F1 bal",
              "extract",
              "fit",
              "ms",
              "MB",
              "regime");

  private AccuracyTable() {}

  static String row(AccuracyResult result) {
    return String.format(
        Locale.ROOT,
        "%-16s %8d %4s  %6.4f %6.4f  %6.4f %6.4f %6.4f  %6.1fs %5.1fs %6.1f %5.1f  %s%s",
        result.folder(),
        result.labelledAnomalies(),
        result.seedText(),
        result.imageAuroc(),
        result.averagePrecision(),
        result.f1(),
        result.f1Max(),
        result.f1AtTrainingBalance(),
        result.extractSeconds(),
        result.fitSeconds(),
        result.inferenceMillis(),
        result.fileBytes() / 1e6,
        result.mode() == null ? "" : result.mode(),
        result.mislabelled() == 0 ? "" : suspects(result));
  }

  private static String suspects(AccuracyResult result) {
    return "  suspects %d of %d mislabelled and %d others"
        .formatted(
            result.mislabelledSuspected(),
            result.mislabelled(),
            result.suspected() - result.mislabelledSuspected());
  }
}
