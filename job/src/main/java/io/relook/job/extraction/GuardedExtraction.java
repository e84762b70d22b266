package io.relook.job.extraction;

import io.relook.job.check.CheckedImage;
import io.relook.job.dataset.ImageChange;
import io.relook.job.poison.PoisonSettings;
import io.relook.job.poison.Suspects;
import io.relook.job.rejection.Refused;
import java.util.random.RandomGenerator;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Opens the extraction behind its {@link PoisonGuard}. */
public record GuardedExtraction(ExtractionSettings extraction, PoisonSettings poison)
    implements OrderedStep.Factory<CheckedImage, ImageChange> {

  @Override
  public OrderedStep<CheckedImage, ImageChange> open(RuntimeContext context) throws Exception {
    Suspects suspects = Suspects.open(poison);
    try {
      return new PoisonGuard(
          extraction.open(context),
          suspects,
          PictureExtraction.STAGE,
          (origin, refusal) ->
              outputs -> outputs.side(extraction.refusals(), new Refused(origin, refusal)),
          RandomGenerator.getDefault()::nextLong);
    } catch (Exception e) {
      suspects.close();
      throw e;
    }
  }
}
