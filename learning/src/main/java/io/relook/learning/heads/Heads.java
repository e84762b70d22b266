package io.relook.learning.heads;

import io.relook.learning.backbone.Tap;
import io.relook.learning.onnx.ExecutionProvider;
import java.util.List;

/** The heads of a backbone, and what they need to know of pictures. */
public final class Heads {

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
  private final List<Head> all;

  public Heads(List<Tap> taps) {
    this.taps = List.copyOf(taps);
    PatchSpace fine = new PatchSpace(FINE_BANK, Patches.of(taps, 4, 4, 8), false);
    PatchSpace context = new PatchSpace(CONTEXT_BANK, Patches.of(taps, 8, 8, 16), false);
    PatchSpace whitened = new PatchSpace(WHITENED_BANK, Patches.of(taps, 8, 4, 8, 16), true);
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
  public List<Head> all() {
    return all;
  }

  public Summarizer summarizer() {
    return summarizer(ExecutionProvider.CPU);
  }

  /**
   * @param provider what the summaries' products are computed on
   */
  public Summarizer summarizer(ExecutionProvider provider) {
    return new Summarizer(taps, spaces, provider);
  }
}
