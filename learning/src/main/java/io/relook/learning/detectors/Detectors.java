package io.relook.learning.detectors;

import io.relook.learning.backbone.Tap;
import io.relook.learning.embedding.PatchEmbedding;
import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.statistics.StatisticsExtractor;
import java.util.List;

/**
 * The detectors for a backbone, with the patch spaces they share. The names are public: model cards
 * and provenance carry them.
 */
public final class Detectors {

  /** Memory bank of patches of the taps with strides 8 and 16, as PatchCore chooses them. */
  public static final String CONTEXT_BANK = "context-bank";

  /** Memory bank of patches of the taps with strides 4 and 8. */
  public static final String FINE_BANK = "fine-bank";

  /** Memory bank of patches of the taps with strides 4, 8 and 16, compared after whitening. */
  public static final String WHITENED_BANK = "whitened-bank";

  public static final String PCA_RESIDUAL = "pca-residual";
  public static final String MAHALANOBIS = "mahalanobis";
  public static final String TWO_BANK_RATIO = "two-bank-ratio";
  public static final String LINEAR_CLASSIFIER = "linear-classifier";

  private final List<Tap> taps;
  private final List<PatchSpace> spaces;
  private final List<Detector> all;

  public Detectors(List<Tap> taps) {
    this.taps = List.copyOf(taps);
    PatchSpace fine = new PatchSpace(FINE_BANK, PatchEmbedding.of(taps, 4, 4, 8), false);
    PatchSpace context = new PatchSpace(CONTEXT_BANK, PatchEmbedding.of(taps, 8, 8, 16), false);
    PatchSpace whitened = new PatchSpace(WHITENED_BANK, PatchEmbedding.of(taps, 8, 4, 8, 16), true);
    this.spaces = List.of(fine, context, whitened);
    this.all =
        List.of(
            new MemoryBank(whitened),
            new MemoryBank(context),
            new MemoryBank(fine),
            new PcaResidual(whitened),
            new Mahalanobis(this.taps),
            new TwoBankRatio(whitened),
            new LinearClassifier(this.taps));
  }

  /** In the order of their statistics: those that learn from anomalies come last. */
  public List<Detector> all() {
    return all;
  }

  /** An extractor of what these detectors are fitted from, which runs on the processor. */
  public StatisticsExtractor statisticsExtractor() {
    return statisticsExtractor(ExecutionProvider.CPU);
  }

  /**
   * An extractor of what these detectors are fitted from.
   *
   * @param provider what the graph of means and products runs on
   */
  public StatisticsExtractor statisticsExtractor(ExecutionProvider provider) {
    return new StatisticsExtractor(taps, spaces, provider);
  }
}
