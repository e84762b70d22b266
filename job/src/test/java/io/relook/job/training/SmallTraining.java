package io.relook.job.training;

import io.relook.job.accelerator.Accelerator;
import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.FeatureKeys;
import io.relook.job.domain.ParentModel;
import io.relook.job.domain.Split;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult;
import io.relook.job.features.FeatureSettings;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.job.stack.SmallPictures;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.decision.ThresholdGoal;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import io.relook.schemas.Sha256;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/**
 * A training small enough for a fast test, with the real backbone, in a store in memory: a dozen
 * pictures in bucket {@code relook}, files to go to bucket {@code out}.
 */
public final class SmallTraining {
  public static final Instant NOW = Instant.parse("2026-11-23T12:00:00.123Z");
  public static final int AREA = 64 * 64;
  public static final long SEED = 42;
  public static final PictureLimits LIMITS = new PictureLimits(1 << 20, 64, 4096);

  private static final Backbone BACKBONE = Backbone.bundled();
  private static final Map<Input, Trained> TRAINED = new ConcurrentHashMap<>();

  public final InMemoryObjectStore store = new InMemoryObjectStore("relook", "out");
  public final List<TrainingImage> lines = new ArrayList<>();

  /** Model that trainings may build on. */
  public @Nullable ParentModel parent;

  /** Eight normal training images, three normal and three anomalous test images. */
  public SmallTraining() throws Exception {
    this(8);
  }

  /** As many normal training images, three normal and three anomalous test images. */
  SmallTraining(int training) throws Exception {
    PictureDecoder decoder = new PictureDecoder(PictureLimits.DEFAULT);
    try (OnnxFeatureExtractor extractor = new OnnxFeatureExtractor(BACKBONE, AREA, 1)) {
      for (int i = 0; i < training + 6; i++) {
        byte[] png = SmallPictures.png(i);
        String digest = Sha256.hex(png);
        StoredPicture picture =
            new StoredPicture(
                digest,
                "relook",
                "pictures/123456789012/bolts/" + digest,
                64,
                64,
                FeatureKeys.of(BACKBONE.digest(), AREA).key("123456789012/bolts", digest));
        put(picture.key(), png);
        put(picture.featuresKey(), extractor.extract(decoder.decode(png)).toBytes());
        lines.add(
            new TrainingImage(
                "s3://theirs/%02d.png".formatted(i),
                i < training ? Split.TRAIN : Split.TEST,
                new Annotation(
                    i < training + 3 ? Label.NORMAL : Label.ANOMALY,
                    i < training + 3 ? null : "scratch",
                    DatasetType.TRAIN,
                    "anomaly-label",
                    true,
                    "2026-11-01T00:00:00",
                    null),
                picture,
                null));
      }
    }
    lines.sort(Comparator.comparing(TrainingImage::sourceRef));
  }

  /** Trains on the lines as they are. */
  public TrainingResult train(ModelMetadata model) throws Exception {
    return training().train(request(model), stage -> {});
  }

  /**
   * The result of {@link #train}, and the bucket as it leaves it; equal trainings run once. For
   * tests of what comes after a training.
   */
  public TrainingResult trained(ModelMetadata model) throws Exception {
    Input input = new Input(List.copyOf(lines), model);
    Trained before = TRAINED.get(input);
    if (before == null) {
      TrainingResult result = train(model);
      before = new Trained(result, Map.copyOf(store.bucket("relook")));
      TRAINED.put(input, before);
    }
    store.bucket("relook").clear();
    store.bucket("relook").putAll(before.bucket());
    return before.result();
  }

  private record Input(List<TrainingImage> lines, ModelMetadata model) {}

  private record Trained(TrainingResult result, Map<String, InMemoryObjectStore.Kept> bucket) {}

  ModelTraining training() {
    return training(BACKBONE);
  }

  ModelTraining training(Backbone backbone) {
    return new ModelTraining(
        store,
        new TrainingJobSettings(
            new OwnBucket(store.factory(), "relook", null),
            new FeatureSettings(null, AREA),
            AcceleratorSettings.CPU,
            LIMITS,
            new TrainingJobSettings.Concurrency(1, 2),
            new TrainingJobSettings.Fit(SEED, 10, new ThresholdGoal.BestF1()),
            Duration.ofMinutes(1)),
        backbone,
        new Accelerator(ExecutionProvider.CPU, OptionalInt.empty(), Optional.empty()),
        clock());
  }

  /** Writes the manifest of the lines as they are. */
  public TrainingRequest request(ModelMetadata model) throws Exception {
    try (var harness =
        new OneInputStreamOperatorTestHarness<TrainingOrder, TrainingRequest>(
            new AsyncWaitOperatorFactory<>(
                new WriteManifestFunction(
                    store.factory(),
                    "relook",
                    new QuarantineSettings(new OwnBucket(store.factory(), "relook", null), 3, 10)),
                60_000,
                10,
                AsyncDataStream.OutputMode.UNORDERED),
            TypeInformation.of(TrainingOrder.class).createSerializer(new SerializerConfigImpl()))) {
      harness.setup(
          TypeInformation.of(TrainingRequest.class).createSerializer(new SerializerConfigImpl()));
      harness.open();
      harness.processElement(
          new StreamRecord<>(new TrainingOrder(model, "relook.commands-0-7", lines, parent)));
      harness.endInput();
      return harness.extractOutputValues().get(0);
    }
  }

  /** Always the same moment. */
  public static Clock clock() {
    return Clock.fixed(NOW, ZoneOffset.UTC);
  }

  /** A model that has just been created. */
  public static ModelMetadata model(String prefix, @Nullable String kmsKeyId) {
    return ModelMetadata.newBuilder()
        .setAccount("123456789012")
        .setProjectName("bolts")
        .setModelVersion("3")
        .setModelArn("arn:aws:lookoutvision:us-east-1:123456789012:model/bolts/3")
        .setCreationTimestamp(Instant.EPOCH)
        .setStatus(ModelStatus.TRAINING)
        .setStatusMessage("The model is being trained.")
        .setOutputConfig(new OutputConfig(new S3Location("out", prefix)))
        .setKmsKeyId(kmsKeyId)
        .build();
  }

  private void put(String key, byte[] bytes) throws Exception {
    store.put(new S3Object("relook", key, null), bytes, "image/png", Optional.empty());
  }
}
