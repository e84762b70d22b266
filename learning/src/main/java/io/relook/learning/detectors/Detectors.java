package io.relook.learning.detectors;

import io.relook.learning.backbone.Tap;
import io.relook.learning.embedding.PatchEmbedding;
import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.statistics.StatisticsExtractor;
import java.util.List;

/** The heads of a backbone, and what they need to know of pictures. */
public final class Detectors {

  /** PatchCore's choice of taps, by their strides. */
  public static final String CONTEXT_BANK = "context-bank";

  public static final String FINE_BANK = "fine-bank";
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

  /** In the order of their statistics. */
  public List<Detector> all() {
    return all;
  }

  public StatisticsExtractor summarizer() {
    return summarizer(ExecutionProvider.CPU);
  }

  /**
   * @param provider what the summaries' products are computed on
   */
  public StatisticsExtractor summarizer(ExecutionProvider provider) {
    return new StatisticsExtractor(taps, spaces, provider);
  }
}
