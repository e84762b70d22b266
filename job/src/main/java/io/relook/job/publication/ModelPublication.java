package io.relook.job.publication;

import io.relook.job.domain.ModelFiles;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult;
import io.relook.job.domain.TrainingResult.Failure;
import io.relook.job.domain.TrainingResult.Metrics;
import io.relook.job.domain.TrainingResult.Success;
import io.relook.job.domain.TrainingResult.TestScore;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.job.training.TrainingManifest;
import io.relook.learning.model.DetectionModel;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.onnx.OnnxFailedException;
import io.relook.learning.picture.Picture;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.UnreadablePictureException;
import io.relook.learning.report.Illustration;
import io.relook.learning.report.ReportPage;
import io.relook.schemas.Sha256;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelPerformance;
import io.relook.wire.Provenance;
import io.relook.wire.S3Object;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.TrainingSucceeded;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes one model: checks the model file, writes all files, and only then returns the outcome
 * that names them.
 */
final class ModelPublication {
  private static final Logger LOG = LoggerFactory.getLogger(ModelPublication.class);
  private static final long MAX_MODEL_BYTES = 1024L * 1024 * 1024;
  private static final String KMS_KEY_UNUSABLE = "KMS_KEY_UNUSABLE";
  private static final String JSON = "application/json";

  private final ObjectStore store;
  private final PublicationSettings settings;
  private final PictureDecoder decoder;
  private final ExecutionProvider provider;
  private final Clock clock;

  ModelPublication(
      ObjectStore store, PublicationSettings settings, ExecutionProvider provider, Clock clock) {
    this.store = store;
    this.settings = settings;
    this.provider = provider;
    this.decoder = new PictureDecoder(settings.limits());
    this.clock = clock;
  }

  /**
   * Publishes a trained model, or passes the failure of its training on.
   *
   * @throws IOException when relook's own bucket cannot be read; the job then restarts
   */
  TrainingOutcome publish(TrainingResult trained) throws IOException {
    Success success = trained.success();
    if (success == null) {
      Failure failure = trained.failure();
      if (failure == null) {
        throw new IllegalStateException("A trained model has a success or a failure");
      }
      return failed(trained.request(), failure.reason(), failure.message());
    }
    byte[] onnx;
    byte[] manifest;
    try {
      onnx = own(success.file().key(), MAX_MODEL_BYTES);
      manifest = own(trained.request().manifestKey(), TrainingManifest.MAX_BYTES);
    } catch (ObjectUnavailableException e) {
      if (e.reason() == Reason.NO_SUCH_KEY || e.reason() == Reason.TOO_LARGE) {
        return failed(
            trained.request(),
            "STORED_OBJECT_GONE",
            "The trained model or its manifest was "
                + (e.reason() == Reason.NO_SUCH_KEY ? "deleted from" : "changed in")
                + " relook's bucket after it was written: "
                + e.getMessage()
                + " Create the model again.");
      }
      return failed(
          trained.request(),
          KMS_KEY_UNUSABLE,
          "The trained model cannot be decrypted: "
              + e.getMessage()
              + " Enable KmsKeyId "
              + trained.request().model().getKmsKeyId()
              + " and create the model again.");
    }
    Map<String, TrainingImage> lines = new HashMap<>();
    for (TrainingImage line : TrainingManifest.read(manifest)) {
      lines.put(line.sourceRef(), line);
    }
    Optional<TrainingFailed> reason = check(onnx, success, lines);
    if (reason.isPresent()) {
      return failed(trained.request(), reason.get().getReason(), reason.get().getMessage());
    }
    try {
      return succeeded(trained.request(), success, onnx, manifest, lines);
    } catch (ObjectUnavailableException e) {
      return failed(
          trained.request(),
          e.reason() == Reason.KMS_KEY_UNUSABLE ? KMS_KEY_UNUSABLE : "OUTPUT_NOT_WRITABLE",
          "The model's files cannot be written: "
              + e.getMessage()
              + " Check that the bucket of OutputConfig exists and that relook may write to it"
              + (trained.request().model().getKmsKeyId() == null
                  ? ""
                  : " under KmsKeyId " + trained.request().model().getKmsKeyId())
              + ", then create the model again.");
    }
  }

  /** Why the model file must not be published: some test pictures are scored with it. */
  private Optional<TrainingFailed> check(
      byte[] onnx, Success success, Map<String, TrainingImage> lines) {
    int checked = 0;
    Optional<TrainingFailed> gone = Optional.empty();
    try (DetectionModel model =
        DetectionModel.open(onnx, settings.concurrency().cpuThreads(), provider)) {
      for (TestScore reported : Parity.candidates(success.test().scores())) {
        TrainingImage line = lines.get(reported.sourceRef());
        if (line == null) {
          throw new IllegalStateException(
              "The training manifest has no line for " + reported.sourceRef());
        }
        Optional<byte[]> picture;
        try {
          picture = picture(line);
        } catch (ObjectUnavailableException e) {
          gone = Optional.of(gone(line, "cannot be read any more: " + e.getMessage()));
          continue;
        }
        if (picture.isEmpty()) {
          gone = Optional.of(gone(line, "was changed after it was sent."));
          continue;
        }
        double score = model.detect(decoder.decode(picture.get())).score();
        Optional<String> violation = Parity.violation(reported, score);
        if (violation.isPresent()) {
          return Optional.of(new TrainingFailed("PARITY", violation.get()));
        }
        checked++;
        if (checked == Parity.SAMPLE) {
          return Optional.empty();
        }
      }
      // Pictures in other buckets may have been deleted since; other test pictures replace them.
      // With none left, the file could not be checked.
      return checked == 0 ? gone : Optional.empty();
    } catch (OnnxFailedException e) {
      LOG.warn("The file of {} does not run", success.file().key(), e);
      return Optional.of(
          new TrainingFailed(
              "PARITY",
              "The model file does not run: nothing was published. Train again; if it happens"
                  + " twice, report it with the training manifest."));
    } catch (UnreadablePictureException e) {
      // The picture was decoded when it arrived, so the limits have become narrower.
      return Optional.of(new TrainingFailed("PICTURE_REFUSED", String.valueOf(e.getMessage())));
    }
  }

  /** The picture of an image; empty when it was replaced. */
  private Optional<byte[]> picture(TrainingImage line) throws ObjectUnavailableException {
    byte[] picture =
        store.get(
            new S3Object(line.picture().bucket(), line.picture().key(), null),
            settings.limits().maxBytes());
    return Sha256.hex(picture).equals(line.picture().digest())
        ? Optional.of(picture)
        : Optional.empty();
  }

  private static TrainingFailed gone(TrainingImage line, String what) {
    return new TrainingFailed(
        "PICTURE_GONE",
        "The picture of "
            + line.sourceRef()
            + " "
            + what
            + " Send the image again or withdraw it, then create the model again.");
  }

  private TrainingOutcome succeeded(
      TrainingRequest request,
      Success success,
      byte[] onnx,
      byte[] manifest,
      Map<String, TrainingImage> lines)
      throws ObjectUnavailableException {
    ModelMetadata model = request.model();
    ModelFiles names = ModelFiles.of(model);
    Optional<String> key = Optional.ofNullable(model.getKmsKeyId());
    Instant endedAt = Instant.ofEpochMilli(success.run().trainedAt());
    // A small file first: a store may close the connection on a large file instead of saying that
    // the bucket is missing, which looks as if the store were down.
    store.put(
        names.trainingManifest(),
        TrainingManifest.marked(manifest, Set.copyOf(success.fit().suspectedLabels())),
        JSON,
        key);
    store.put(names.model(), onnx, "application/octet-stream", key);
    TrainingSucceeded.Builder files =
        TrainingSucceeded.newBuilder()
            .setModelFile(names.model())
            .setTrainingManifest(names.trainingManifest())
            .setProvenance(provenance(request, success));
    if (!success.test().scores().isEmpty()) {
      store.put(
          names.evaluationManifest(),
          EvaluationFiles.manifest(
              model, lines, success.test().scores(), success.fit().threshold(), endedAt),
          JSON,
          key);
      files.setEvaluationManifest(names.evaluationManifest());
    }
    Metrics metrics = success.test().metrics();
    if (metrics != null) {
      store.put(
          names.evaluationResult(),
          EvaluationFiles.result(
              model, metrics, success.fit().images(), success.test().images(), endedAt),
          JSON,
          key);
      files.setEvaluationResult(names.evaluationResult());
      files.setPerformance(
          new ModelPerformance(metrics.f1(), metrics.recall(), metrics.precision()));
    }
    store.put(
        names.report(), report(request, success, onnx, lines), "text/html; charset=utf-8", key);
    files.setReport(names.report());
    return outcome(request, endedAt, files.build());
  }

  private byte[] report(
      TrainingRequest request, Success success, byte[] onnx, Map<String, TrainingImage> lines) {
    try (DetectionModel model = DetectionModel.open(onnx, settings.concurrency().cpuThreads())) {
      return ReportPage.write(
          ReportData.training(
              request, success, lines, model.metadata(), provenance(request, success)),
          id -> illustration(model, lines.get(id)));
    }
  }

  /** A picture of the report; empty when it is gone, which now only affects the report. */
  private Optional<Illustration> illustration(DetectionModel model, @Nullable TrainingImage line) {
    if (line == null) {
      return Optional.empty();
    }
    try {
      Optional<byte[]> encoded = picture(line);
      if (encoded.isEmpty()) {
        return Optional.empty();
      }
      Picture picture = decoder.decode(encoded.get());
      return Optional.of(Illustration.of(picture, model.detect(picture)));
    } catch (ObjectUnavailableException | UnreadablePictureException e) {
      LOG.info("The report shows no picture of {}: {}", line.sourceRef(), e.getMessage());
      return Optional.empty();
    }
  }

  private Provenance provenance(TrainingRequest request, Success success) {
    Metrics metrics = success.test().metrics();
    return Provenance.newBuilder()
        .setTrainingManifestDigest(request.manifestDigest())
        .setModelFileDigest(success.file().digest())
        .setBackboneName(success.backbone().name())
        .setBackboneDigest(success.backbone().digest())
        .setInputArea(settings.area())
        .setSeed(settings.seed())
        .setParentModelDigest(success.lineage().parentModelDigest())
        .setExecutionProvider(success.run().executionProvider())
        .setHeads(List.copyOf(success.fit().detectors()))
        .setRegime(success.fit().mode())
        .setThreshold(success.fit().threshold())
        .setTrainingImages(success.fit().images())
        .setTestImages(success.test().images())
        .setRocAuc(metrics == null ? null : metrics.rocAuc())
        .setAveragePrecision(metrics == null ? null : metrics.averagePrecision())
        .setTrainingMillis(success.run().tookMillis())
        .setSettings(settings(request, success))
        .setRelookVersion(settings.relookVersion())
        .setRuntime(
            "Java "
                + Runtime.version()
                + ", "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch"))
        .build();
  }

  /**
   * Settings in the provenance: trainings since the last one from scratch, why this one is from
   * scratch, what it goes without, and why it did not run on a GPU.
   */
  private static Map<String, String> settings(TrainingRequest request, Success success) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("training.since-refit", Integer.toString(success.lineage().generation()));
    String leftOut = request.leftOut();
    if (leftOut != null) {
      settings.put("training.left-out", leftOut);
    }
    String refit = success.lineage().refit();
    if (refit != null) {
      settings.put("training.refit", refit);
    }
    String fallback = success.run().fallback();
    if (fallback != null) {
      settings.put("gpuFallback", fallback);
    }
    return settings;
  }

  private TrainingOutcome failed(TrainingRequest request, String reason, String message) {
    return failed(request, reason, message, clock);
  }

  static TrainingOutcome failed(
      TrainingRequest request, String reason, String message, Clock clock) {
    return outcome(request, clock.instant(), new TrainingFailed(reason, message));
  }

  private static TrainingOutcome outcome(TrainingRequest request, Instant endedAt, Object outcome) {
    ModelMetadata model = request.model();
    return TrainingOutcome.newBuilder()
        .setAccount(model.getAccount())
        .setProjectName(model.getProjectName())
        .setModelVersion(model.getModelVersion())
        .setModelArn(model.getModelArn())
        .setCutId(request.cutId())
        .setEndedAt(endedAt)
        .setOutcome(outcome)
        .build();
  }

  /**
   * Reads an object of relook's bucket.
   *
   * @throws ObjectUnavailableException when it is gone, or the key that it is encrypted under
   *     cannot be used
   */
  private byte[] own(String key, long maxBytes) throws IOException, ObjectUnavailableException {
    try {
      return store.get(settings.bucket().object(key), maxBytes);
    } catch (ObjectUnavailableException e) {
      if (e.reason() == Reason.KMS_KEY_UNUSABLE
          || e.reason() == Reason.NO_SUCH_KEY
          || e.reason() == Reason.TOO_LARGE) {
        throw e;
      }
      throw new IOException("relook's own bucket cannot be read", e);
    }
  }
}
