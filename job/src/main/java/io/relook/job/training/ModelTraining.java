package io.relook.job.training;

import io.relook.job.accelerator.Accelerator;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.ParentModel;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.Split;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult;
import io.relook.job.domain.TrainingResult.Failure;
import io.relook.job.domain.TrainingResult.Metrics;
import io.relook.job.domain.TrainingResult.Success;
import io.relook.job.domain.TrainingResult.TestScore;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.data.TrainingImpossibleException;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.incremental.Lineage;
import io.relook.learning.incremental.ParentTraining;
import io.relook.learning.model.ModelCard;
import io.relook.learning.training.Trainer;
import io.relook.learning.training.TrainingSettings;
import io.relook.schemas.Sha256;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one training: from the manifest in the store to the model file in the store. */
final class ModelTraining {
  private static final Logger LOG = LoggerFactory.getLogger(ModelTraining.class);

  /** One thread for each picture: several pictures are worked on at the same time. */
  private static final int THREADS_OF_ONE_EXTRACTION = 1;

  /** Largest picture statistics: several times those of the bundled backbone. */
  private static final long MAX_STATISTICS_BYTES = 16L * 1024 * 1024;

  /** Largest training state: several times that of 20,000 pictures with the bundled backbone. */
  private static final long MAX_STATE_BYTES = 256L * 1024 * 1024;

  private final ObjectStore store;
  private final TrainingJobSettings settings;
  private final Backbone backbone;
  private final Accelerator accelerator;
  private final Clock clock;

  ModelTraining(
      ObjectStore store,
      TrainingJobSettings settings,
      Backbone backbone,
      Accelerator accelerator,
      Clock clock) {
    this.store = store;
    this.settings = settings;
    this.backbone = backbone;
    this.accelerator = accelerator;
    this.clock = clock;
  }

  /**
   * Trains.
   *
   * @throws IOException when the store cannot be read; the job then restarts
   */
  TrainingResult train(TrainingRequest request, TrainingProgress progress)
      throws IOException, InterruptedException {
    Failure earlier = request.failure();
    if (earlier != null) {
      return new TrainingResult(request, null, earlier);
    }
    try {
      return new TrainingResult(request, succeed(request, progress), null);
    } catch (CannotTrainException e) {
      LOG.info("Training {} cannot succeed", request.model().getModelArn(), e);
      return new TrainingResult(request, null, e.failure());
    } catch (TrainingImpossibleException e) {
      LOG.info("Training {} cannot succeed: {}", request.model().getModelArn(), e.getMessage());
      return failed(request, e.reason().name(), String.valueOf(e.getMessage()));
    }
  }

  static TrainingResult failed(TrainingRequest request, String reason, String message) {
    return new TrainingResult(request, null, new Failure(reason, message));
  }

  private Success succeed(TrainingRequest request, TrainingProgress progress)
      throws TrainingImpossibleException, IOException, InterruptedException {
    List<TrainingImage> given = TrainingManifest.read(manifest(request));
    try (StoredFeatures features = features(request.model())) {
      List<TrainingImage> lines = features.named(given);
      encryptOwnCopies(lines, request.model());
      features.complete(lines, progress);
      Success success = fit(request, lines, features, progress);
      if (features.extracted() > 0) {
        LOG.info(
            "Training {} extracted the features of {} of {} pictures, which were missing for {}"
                + " at this area",
            request.model().getModelArn(),
            features.extracted(),
            lines.size(),
            backbone);
      }
      return success;
    }
  }

  private StoredFeatures features(ModelMetadata model) {
    return new StoredFeatures(
        store,
        settings,
        settings.features().keys(backbone),
        model,
        () ->
            new OnnxFeatureExtractor(
                backbone,
                settings.features().area(),
                THREADS_OF_ONE_EXTRACTION,
                accelerator.provider()));
  }

  private Success fit(
      TrainingRequest request,
      List<TrainingImage> lines,
      StoredFeatures features,
      TrainingProgress progress)
      throws TrainingImpossibleException, IOException, InterruptedException {
    TrainingData data =
        new TrainingData(
            labelled(lines, Split.TRAIN, features), labelled(lines, Split.TEST, features));
    io.relook.learning.training.TrainedModel trained =
        new Trainer(backbone, accelerator.provider())
            .train(
                data,
                new TrainingSettings(
                    settings.features().area(),
                    settings.fit().seed(),
                    settings.concurrency().cpuThreads(),
                    modelCard(request),
                    settings.fit().threshold()),
                parent(request, features),
                progress::stage);
    String digest = Sha256.hex(trained.onnx());
    ModelMetadata model = request.model();
    String project = ProjectKey.of(model.getAccount(), model.getProjectName());
    String key = BucketLayout.model(project, model.getModelVersion(), digest);
    put(settings.bucket().object(key), trained.onnx(), model);
    String state = BucketLayout.trainingState(project, model.getModelVersion(), digest);
    put(settings.bucket().object(state), trained.state(), model);
    Lineage lineage = trained.lineage();
    return new Success(
        new TrainingResult.ModelFile(key, digest),
        new TrainingResult.Backbone(backbone.descriptor().name(), backbone.digest()),
        new TrainingResult.Fit(
            trained.decision().detectors(),
            trained.decision().mode().name(),
            trained.decision().threshold(),
            data.train().size(),
            List.copyOf(trained.decision().suspects())),
        new TrainingResult.Test(
            data.test().size(),
            trained.testScores().stream().map(s -> new TestScore(s.id(), s.score())).toList(),
            metrics(trained.evaluation())),
        new TrainingResult.Lineage(
            lineage.parentModelDigest().orElse(null),
            lineage.generation(),
            lineage.refit().map(Enum::name).orElse(null)),
        new TrainingResult.Run(
            clock.millis(),
            trained.took().toMillis(),
            accelerator.provider().id(),
            accelerator.fallback().orElse(null)));
  }

  /**
   * The training that this one may build on. Empty when its training state is gone: this training
   * is then from scratch, and its lineage says so.
   */
  private Optional<ParentTraining> parent(TrainingRequest request, StoredFeatures features)
      throws IOException {
    ParentModel parent = request.parent();
    if (parent == null || settings.fit().refitEvery() == 1) {
      return Optional.empty();
    }
    String key =
        BucketLayout.trainingState(
            ProjectKey.of(request.model().getAccount(), request.model().getProjectName()),
            parent.version(),
            parent.digest());
    Optional<byte[]> state = find(key, MAX_STATE_BYTES);
    if (state.isEmpty()) {
      LOG.info("{} is gone: {} starts from scratch", key, request.model().getModelArn());
    }
    return state.map(
        bytes ->
            new ParentTraining(
                parent.digest(),
                bytes,
                settings.fit().refitEvery(),
                digest ->
                    find(BucketLayout.statistics(features.key(digest)), MAX_STATISTICS_BYTES)));
  }

  /**
   * Reads an object of relook's bucket that the training can do without. An object under a disabled
   * key counts as gone.
   */
  private Optional<byte[]> find(String key, long maxBytes) throws IOException {
    try {
      return Optional.of(store.get(settings.bucket().object(key), maxBytes));
    } catch (ObjectUnavailableException e) {
      if (e.reason() == ObjectUnavailableException.Reason.NO_SUCH_KEY
          || e.reason() == ObjectUnavailableException.Reason.TOO_LARGE
          || EncryptionKeys.readFailure(e).isPresent()) {
        return Optional.empty();
      }
      throw new IOException("relook's own bucket cannot be read", e);
    }
  }

  private void encryptOwnCopies(List<TrainingImage> lines, ModelMetadata model)
      throws IOException, InterruptedException {
    String kmsKeyId = model.getKmsKeyId();
    if (kmsKeyId == null) {
      return;
    }
    try {
      String project = ProjectKey.of(model.getAccount(), model.getProjectName());
      int copied =
          new OwnCopies(store, settings.bucket().name(), project).putUnderKey(lines, kmsKeyId);
      LOG.info("Encrypted {} objects under the key of {}", copied, model.getModelArn());
    } catch (ObjectUnavailableException e) {
      Optional<Failure> ofTheKey = EncryptionKeys.copyFailure(model, e);
      if (ofTheKey.isPresent()) {
        throw new CannotTrainException(ofTheKey.get(), e);
      }
      throw new IOException("relook's own bucket cannot be written", e);
    }
  }

  private static @Nullable Metrics metrics(Optional<Evaluation> evaluation) {
    return evaluation
        .map(e -> new Metrics(e.rocAuc(), e.averagePrecision(), e.precision(), e.recall(), e.f1()))
        .orElse(null);
  }

  private Map<String, String> modelCard(TrainingRequest request) {
    ModelMetadata model = request.model();
    Map<String, String> card = new TreeMap<>();
    card.put("relook.project", model.getProjectName());
    card.put("relook.version", model.getModelVersion());
    card.put("relook.model-arn", model.getModelArn());
    card.put("relook.training-manifest", request.manifestDigest());
    if (settings.limits().significantBits() > 0) {
      card.put(ModelCard.SIGNIFICANT_BITS, Integer.toString(settings.limits().significantBits()));
    }
    return card;
  }

  private byte[] manifest(TrainingRequest request) throws IOException {
    byte[] manifest =
        get(settings.bucket().object(request.manifestKey()), TrainingManifest.MAX_BYTES);
    if (!Sha256.hex(manifest).equals(request.manifestDigest())) {
      throw new CannotTrainException(
          new Failure(
              "STORED_OBJECT_CHANGED",
              "The training manifest "
                  + request.manifestKey()
                  + " in relook's bucket was changed after it was written. Create the model again."));
    }
    return manifest;
  }

  private List<LabelledFeatures> labelled(
      List<TrainingImage> lines, Split split, StoredFeatures features) {
    return lines.stream()
        .filter(line -> line.split() == split)
        .map(
            line ->
                new LabelledFeatures(
                    line.sourceRef(),
                    line.annotation().label() == Label.ANOMALY,
                    Optional.ofNullable(line.annotation().defectClass()),
                    line.picture().digest(),
                    () -> features.load(line),
                    () -> find(line.picture().statisticsKey(), MAX_STATISTICS_BYTES)))
        .toList();
  }

  /**
   * Reads an object of relook's bucket. If somebody deleted it, only this training fails: a restart
   * of the job would not bring it back.
   */
  private byte[] get(S3Object object, long maxBytes) throws IOException {
    try {
      return store.get(object, maxBytes);
    } catch (ObjectUnavailableException e) {
      if (e.reason() == ObjectUnavailableException.Reason.NO_SUCH_KEY) {
        throw new CannotTrainException(
            new Failure(
                "STORED_OBJECT_GONE",
                "The object "
                    + object.getKey()
                    + " is missing in relook's bucket: it was deleted after it was written."
                    + " Create the model again."),
            e);
      }
      if (e.reason() == ObjectUnavailableException.Reason.TOO_LARGE) {
        throw new CannotTrainException(
            new Failure(
                "STORED_OBJECT_CHANGED",
                "The object "
                    + object.getKey()
                    + " in relook's bucket is larger than relook writes it: it was changed after it"
                    + " was written. Create the model again."),
            e);
      }
      Optional<Failure> ofTheKey = EncryptionKeys.readFailure(e);
      if (ofTheKey.isPresent()) {
        throw new CannotTrainException(ofTheKey.get(), e);
      }
      throw new IOException("relook's own bucket cannot be read", e);
    }
  }

  private void put(S3Object object, byte[] bytes, ModelMetadata model) throws IOException {
    try {
      store.put(
          object, bytes, "application/octet-stream", Optional.ofNullable(model.getKmsKeyId()));
    } catch (ObjectUnavailableException e) {
      Optional<Failure> ofTheKey = EncryptionKeys.failure(model, e);
      if (ofTheKey.isPresent()) {
        throw new CannotTrainException(ofTheKey.get(), e);
      }
      throw new IOException("relook's own bucket cannot be written", e);
    }
  }
}
