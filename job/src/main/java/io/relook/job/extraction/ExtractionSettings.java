package io.relook.job.extraction;

import io.relook.job.check.CheckedImage;
import io.relook.job.dataset.ImageChange;
import io.relook.job.rejection.Refused;
import io.relook.job.s3.ObjectStoreFactory;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.heads.Heads;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * What extraction needs; opens it where it runs.
 *
 * @param bucket relook's own bucket
 * @param kmsKeyId key under which what is kept is encrypted; null as the bucket does by itself
 * @param backboneDescriptor path of a descriptor on every task manager; null for the bundled one
 * @param area pixels the backbone sees of a picture
 * @param refusals where pictures go that cannot be read
 */
public record ExtractionSettings(
    ObjectStoreFactory store,
    String bucket,
    @Nullable String kmsKeyId,
    @Nullable String backboneDescriptor,
    int area,
    long maxPictureBytes,
    int minSide,
    int maxSide,
    OutputTag<Refused> refusals)
    implements OrderedStep.Factory<CheckedImage, ImageChange> {

  /** One thread each: pictures are worked on side by side. */
  private static final int THREADS_OF_ONE_EXTRACTION = 1;

  @Override
  public PictureExtraction open(MetricGroup metrics) throws IOException {
    Backbone backbone =
        backboneDescriptor == null
            ? Backbone.bundled()
            : Backbone.load(Path.of(backboneDescriptor));
    return new PictureExtraction(
        this,
        store.open(),
        new PictureDecoder(new PictureLimits(maxPictureBytes, minSide, maxSide)),
        new OnnxFeatureExtractor(backbone, area, THREADS_OF_ONE_EXTRACTION),
        PictureSummaries.by(new Heads(backbone.descriptor().taps()).summarizer()),
        backbone.digest().substring(0, 16) + "-" + area,
        new ExtractionMetrics(metrics));
  }
}
