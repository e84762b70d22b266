package io.relook.bench.accuracy;

import java.util.Locale;

/** Formats results as lines of a table. */
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
        result.quality().imageAuroc(),
        result.quality().averagePrecision(),
        result.quality().f1(),
        result.quality().f1Max(),
        result.quality().f1AtTrainingBalance(),
        result.cost().extractSeconds(),
        result.cost().fitSeconds(),
        result.cost().inferenceMillis(),
        result.cost().fileBytes() / 1e6,
        result.training() == null ? "" : result.training().mode(),
        result.suspects().mislabelled() == 0 ? "" : suspects(result.suspects()));
  }

  private static String suspects(AccuracyResult.Suspects suspects) {
    return "  suspects %d of %d mislabelled and %d others"
        .formatted(
            suspects.mislabelledSuspected(),
            suspects.mislabelled(),
            suspects.suspected() - suspects.mislabelledSuspected());
  }
}
