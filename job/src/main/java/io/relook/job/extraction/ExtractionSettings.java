package io.relook.job.extraction;

import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.async.OrderedStep;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.features.FeatureSettings;
import io.relook.job.s3.BucketMetrics;
import io.relook.job.s3.OwnBucket;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.detectors.Detectors;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import java.io.IOException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.util.OutputTag;

/**
 * Settings of the extraction; opens it in its task.
 *
 * @param bucket relook's own bucket
 * @param features how pictures become features
 * @param accelerator what the backbone runs on
 * @param limits bounds of pictures
 * @param memory native bytes of the pictures whose features are being extracted
 * @param rejected where rejected messages go
 */
public record ExtractionSettings(
    OwnBucket bucket,
    FeatureSettings features,
    AcceleratorSettings accelerator,
    PictureLimits limits,
    long memory,
    OutputTag<RejectedMessage> rejected)
    implements OrderedStep.Factory<CheckedImage, ImageChange> {

  /** One thread for each picture: several pictures are worked on at the same time. */
  private static final int THREADS_OF_ONE_EXTRACTION = 1;

  @Override
  public PictureExtraction open(RuntimeContext context) throws IOException {
    Backbone backbone = features.backbone();
    BucketMetrics.register(context.getMetricGroup(), bucket);
    ExecutionProvider provider = accelerator.open(context).provider();
    return new PictureExtraction(
        this,
        StoredObjects.open(bucket),
        new PictureDecoder(limits),
        new FaultIsolatingExtractor(
            new MemoryBoundedExtractor(
                new OnnxFeatureExtractor(
                    backbone, features.area(), THREADS_OF_ONE_EXTRACTION, provider),
                memory)),
        StoredStatistics.by(
            new Detectors(backbone.descriptor().taps()).statisticsExtractor(provider)),
        features.keys(backbone),
        new ExtractionMetrics(context.getMetricGroup()));
  }
}
