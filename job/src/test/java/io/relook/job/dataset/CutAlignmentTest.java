package io.relook.job.dataset;

import static io.relook.job.dataset.CutAlignment.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.dataset.CutAlignment.Cut;
import io.relook.job.dataset.CutAlignment.Step;
import io.relook.job.dataset.CutAlignment.Verdict;
import org.junit.jupiter.api.Test;

class CutAlignmentTest {
  private static final int PARTITIONS = 3;

  private CutAlignment alignment = NONE;

  @Test
  void imagesAreAppliedWhileNoCutIsWaitedFor() {
    assertThat(image(0)).isEqualTo(Verdict.APPLY);
    assertThat(image(2)).isEqualTo(Verdict.APPLY);
  }

  @Test
  void imagesWaitOnlyInThePartitionsWhoseMarkerHasCome() {
    marker(1, "cut-1");

    assertThat(image(1)).isEqualTo(Verdict.BUFFER);
    assertThat(image(0)).isEqualTo(Verdict.APPLY);
  }

  @Test
  void theLastMarkerCompletesTheCut() {
    assertThat(marker(1, "cut-1")).isEqualTo(Verdict.BUFFER);
    assertThat(marker(0, "cut-1")).isEqualTo(Verdict.BUFFER);
    assertThat(marker(2, "cut-1")).isEqualTo(Verdict.COMPLETE);
  }

  @Test
  void withOnePartitionAMarkerCompletesAtOnce() {
    assertThat(NONE.offer(0, new Cut("cut-1", 0, 1), false).verdict()).isEqualTo(Verdict.COMPLETE);
  }

  @Test
  void aMarkerOfAnAppliedCutIsIgnored() {
    assertThat(NONE.offer(0, new Cut("cut-1", 0, PARTITIONS), true))
        .isEqualTo(new Step(NONE, Verdict.IGNORE));
  }

  @Test
  void aMarkerBehindAnotherWaitsWithEverythingElse() {
    marker(0, "cut-1");

    assertThat(marker(0, "cut-2")).isEqualTo(Verdict.BUFFER);
    assertThat(alignment.cutId()).isEqualTo("cut-1");
  }

  @Test
  void aMarkerWrittenAgainDoesNotCountTwice() {
    marker(0, "cut-1");
    marker(0, "cut-1");

    assertThat(marker(1, "cut-1")).isEqualTo(Verdict.BUFFER);
    assertThat(marker(2, "cut-1")).isEqualTo(Verdict.COMPLETE);
  }

  @Test
  void aPartitionThatLostAMarkerIsNotWaitedFor() {
    marker(0, "cut-9");
    marker(1, "cut-9");

    assertThat(marker(2, "cut-10")).isEqualTo(Verdict.COMPLETE);
    assertThat(alignment.cutId()).isEqualTo("cut-9");
  }

  @Test
  void theEarliestCutIsFirstWhereverItIsShown() {
    marker(2, "cut-10");
    marker(1, "cut-10");

    assertThat(marker(0, "cut-9")).isEqualTo(Verdict.COMPLETE);
    assertThat(alignment.cutId()).isEqualTo("cut-9");
  }

  @Test
  void aCutFromBeforeAPartitionWasAddedDoesNotWaitForIt() {
    marker(0, "cut-1");
    marker(1, "cut-1");

    assertThat(kept(alignment.offer(3, new Cut("cut-2", 0, 4), false))).isEqualTo(Verdict.BUFFER);
    assertThat(marker(2, "cut-1")).isEqualTo(Verdict.COMPLETE);
  }

  @Test
  void theSequenceOrdersCutsWhateverTheyAreCalled() {
    // The end of the import of command 99 was admitted after command 100.
    numbered(2, "relook.commands-0-99-end", 3);
    numbered(1, "relook.commands-0-99-end", 3);

    assertThat(numbered(0, "relook.commands-0-100", 2)).isEqualTo(Verdict.COMPLETE);
    assertThat(alignment.cutId()).isEqualTo("relook.commands-0-100");
  }

  @Test
  void aCutFromBeforeSequencesWereKnownComesFirst() {
    numbered(0, "relook.commands-0-100", 201);
    numbered(1, "relook.commands-0-100", 201);

    assertThat(marker(2, "relook.commands-0-99")).isEqualTo(Verdict.COMPLETE);
    assertThat(alignment.cutId()).isEqualTo("relook.commands-0-99");
  }

  private Verdict numbered(int partition, String cutId, long sequence) {
    return kept(alignment.offer(partition, new Cut(cutId, sequence, PARTITIONS), false));
  }

  private Verdict image(int partition) {
    return kept(alignment.offer(partition));
  }

  private Verdict marker(int partition, String cutId) {
    return kept(alignment.offer(partition, new Cut(cutId, 0, PARTITIONS), false));
  }

  private Verdict kept(Step step) {
    alignment = step.after();
    return step.verdict();
  }

  @Test
  void aCutOfOnePartitionNeedsNoOtherWhicheverItIs() {
    CutAlignment.Step step =
        CutAlignment.NONE.offer(3, new CutAlignment.Cut("relook.commands-0-1", 1, 1), false);

    assertThat(step.verdict()).isEqualTo(CutAlignment.Verdict.COMPLETE);
  }
}
