package io.relook.job.extraction;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.quarantine.Quarantine;
import io.relook.job.quarantine.QuarantineMetrics;
import io.relook.job.quarantine.QuarantineSettings;
import java.util.random.RandomGenerator;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Gauge;

/**
 * Opens the extraction, wrapped in {@link CrashIsolatingExtraction}.
 *
 * @param extraction settings of the extraction
 * @param quarantine where quarantine is kept
 */
public record ExtractionFactory(ExtractionSettings extraction, QuarantineSettings quarantine)
    implements OrderedStep.Factory<CheckedImage, ImageChange> {

  @Override
  public OrderedStep<CheckedImage, ImageChange> open(RuntimeContext context) throws Exception {
    Quarantine quarantined = Quarantine.open(quarantine);
    QuarantineMetrics.register(context.getMetricGroup(), quarantined);
    try {
      CrashIsolatingExtraction isolating =
          new CrashIsolatingExtraction(
              extraction.open(context),
              quarantined,
              PictureExtraction.STAGE,
              (origin, reason) ->
                  outputs ->
                      outputs.side(extraction.rejected(), new RejectedMessage(origin, reason)),
              RandomGenerator.getDefault()::nextLong);
      context
          .getMetricGroup()
          .gauge("carefulCheckpoints", (Gauge<Integer>) isolating::carefulCheckpoints);
      return isolating;
    } catch (Exception e) {
      quarantined.close();
      throw e;
    }
  }
}
