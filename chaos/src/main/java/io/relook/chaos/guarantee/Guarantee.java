package io.relook.chaos.guarantee;

import java.util.List;

/** One guarantee. Not for use by several threads. */
public interface Guarantee {

  /** What holds, in one sentence. */
  String sentence();

  /** Takes one observation in. */
  void observe(Observation observation);

  /** A sentence for each violation in what was observed; empty when the guarantee held. */
  List<String> violations();

  /** How much was checked, so that a person sees that the check was not empty. */
  String checked();

  /** All of them. */
  static List<Guarantee> all() {
    return List.of(
        new CommandsAnsweredOnce(),
        new ImagesTakenOnce(),
        new OneTrainingPerToken(),
        new TrainedOnce(),
        new FilesBeforeTrained(),
        new VersionsWithoutGaps(),
        new SplitsNeverMove(),
        new CompactedEqualsHistory(),
        new NoTransactionOpen());
  }
}
