package io.relook.bench.accuracy;

import java.util.Locale;

/** Formats results as lines of a table. */
final class AccuracyTable {
  static final String HEADER =
      "%-16s %8s %4s  %6s %6s  %11s %11s %11s %11s  %7s %6s %6s %5s  %s"
          .formatted(
              "folder",
              "labelled",
              "seed",
              "AUROC",
              "AP",
              "F1/best",
              "as training",
              "1:1",
              "1:20",
              "extract",
              "fit",
              "ms",
              "MB",
              "regime");

  private AccuracyTable() {}

  static String row(AccuracyResult result) {
    AccuracyResult.Quality quality = result.quality();
    AccuracyResult.Balances balances = quality.balances();
    return String.format(
        Locale.ROOT,
        "%-16s %8d %4s  %6.4f %6.4f  %11s %11s %11s %11s  %6.1fs %5.1fs %6.1f %5.1f  %s%s",
        result.folder(),
        result.labelledAnomalies(),
        result.seedText(),
        quality.imageAuroc(),
        quality.averagePrecision(),
        ofBest(quality.f1(), quality.f1Max()),
        ofBest(balances.f1AtTrainingBalance(), balances.f1MaxAtTrainingBalance()),
        ofBest(balances.f1At1To1(), balances.f1MaxAt1To1()),
        ofBest(balances.f1At1To20(), balances.f1MaxAt1To20()),
        result.cost().extractSeconds(),
        result.cost().fitSeconds(),
        result.cost().inferenceMillis(),
        result.cost().fileBytes() / 1e6,
        result.training() == null ? "" : result.training().mode(),
        result.suspects().mislabelled() == 0 ? "" : suspects(result.suspects()));
  }

  private static String ofBest(double f1, double best) {
    return String.format(Locale.ROOT, "%.3f/%.3f", f1, best);
  }

  private static String suspects(AccuracyResult.Suspects suspects) {
    return "  suspects %d of %d mislabelled and %d others"
        .formatted(
            suspects.mislabelledSuspected(),
            suspects.mislabelled(),
            suspects.suspected() - suspects.mislabelledSuspected());
  }
}
