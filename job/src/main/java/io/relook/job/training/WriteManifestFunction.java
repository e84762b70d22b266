package io.relook.job.training;

import io.relook.job.async.BoundedAsyncFunction;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult;
import io.relook.job.log.LogContext;
import io.relook.job.quarantine.InFlightGuard;
import io.relook.job.quarantine.QuarantineMetrics;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectStoreFactory;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.job.s3.PatientStore;
import io.relook.schemas.Sha256;
import io.relook.wire.ModelMetadata;
import io.relook.wire.S3Object;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes a training's manifest into relook's own bucket, under its digest, and passes its key on.
 * So a training that waits in a checkpoint is a key and not thousands of lines. If the manifest
 * cannot be written under the model's encryption key, that training fails, not the job. It works
 * beside the stream, in any order: a training is on its own from here on. Orders in flight are in
 * the checkpoint; it keeps no other state.
 */
public final class WriteManifestFunction
    extends BoundedAsyncFunction<TrainingOrder, TrainingRequest> {
  private static final long serialVersionUID = 1L;

  /** After this time the training fails; far above what a manifest of 256 MiB takes. */
  private static final Duration TIME_LIMIT = Duration.ofMinutes(15);

  /** Manifests written at the same time in one subtask: each is in memory as a whole. */
  private static final int THREADS = 2;

  private final ObjectStoreFactory stores;
  private final String bucket;
  private final QuarantineSettings quarantine;
  private transient @Nullable ObjectStore store;
  private transient @Nullable InFlightGuard guard;

  /**
   * @param bucket relook's own bucket
   */
  public WriteManifestFunction(
      ObjectStoreFactory stores, String bucket, QuarantineSettings quarantine) {
    super(THREADS, "relook-manifest", TIME_LIMIT);
    this.stores = stores;
    this.bucket = bucket;
    this.quarantine = quarantine;
  }

  @Override
  protected void openResources() {
    store =
        PatientStore.forAWhile(stores.open(), quarantine.bucket(), PatientStore.Pauses.sleeping());
    InFlightGuard opened = InFlightGuard.ofShortWork(quarantine, "manifest");
    guard = opened;
    QuarantineMetrics.register(getRuntimeContext().getMetricGroup(), opened);
  }

  @Override
  protected TrainingRequest work(TrainingOrder order) throws Exception {
    ObjectStore opened = store;
    InFlightGuard guarding = guard;
    if (opened == null || guarding == null) {
      throw new IllegalStateException("The function is not open");
    }
    return guarding.run(
        order.cutId(),
        "Writing the manifest of " + order.model().getModelArn(),
        "this model's training manifest was being written",
        ago -> write(opened, order),
        (reason, message) -> givenUp(order, new TrainingResult.Failure(reason, message)));
  }

  /** A training without a manifest: it fails before a manifest is read. */
  private static TrainingRequest givenUp(TrainingOrder order, TrainingResult.Failure failure) {
    return new TrainingRequest(
        order.model(), order.cutId(), "", "", order.parent(), order.leftOut(), failure);
  }

  private TrainingRequest write(ObjectStore opened, TrainingOrder order)
      throws ObjectUnavailableException {
    ModelMetadata model = order.model();
    Optional<byte[]> written = TrainingManifest.write(order.images(), TrainingManifest.MAX_BYTES);
    if (written.isEmpty()) {
      return givenUp(
          order,
          new TrainingResult.Failure(
              "MANIFEST_TOO_LARGE",
              "The training manifest of "
                  + order.images().size()
                  + " images would have more than "
                  + TrainingManifest.MAX_BYTES
                  + " bytes: train on fewer images (dataset.window.train-images,"
                  + " dataset.window.age), or give them shorter source references."));
    }
    byte[] manifest = written.get();
    String digest = Sha256.hex(manifest);
    String key =
        BucketLayout.manifest(ProjectKey.of(model.getAccount(), model.getProjectName()), digest);
    try {
      opened.put(
          new S3Object(bucket, key, null),
          manifest,
          "application/json",
          Optional.ofNullable(model.getKmsKeyId()));
    } catch (ObjectUnavailableException e) {
      return new TrainingRequest(
          model,
          order.cutId(),
          key,
          digest,
          order.parent(),
          order.leftOut(),
          EncryptionKeys.failure(model, e).or(() -> notServed(key, e)).orElseThrow(() -> e));
    }
    return new TrainingRequest(
        model, order.cutId(), key, digest, order.parent(), order.leftOut(), null);
  }

  /** The failure when the store serves our bucket, but not this object. */
  private static Optional<TrainingResult.Failure> notServed(
      String key, ObjectUnavailableException e) {
    return e.reason() == ObjectUnavailableException.Reason.NOT_SERVED
        ? Optional.of(
            new TrainingResult.Failure(
                "MANIFEST_NOT_WRITTEN",
                "The training manifest cannot be written to "
                    + key
                    + " in relook's bucket, although other objects can: check the store, then"
                    + " create the model again."))
        : Optional.empty();
  }

  @Override
  protected LogContext logContext(TrainingOrder order) {
    return LogContext.model(order.model()).cut(order.cutId());
  }

  @Override
  protected TrainingRequest timedOut(TrainingOrder order) {
    return givenUp(
        order,
        new TrainingResult.Failure(
            "TIME_LIMIT",
            "The training manifest was not written within "
                + TIME_LIMIT.toMinutes()
                + " minutes: check relook's bucket "
                + bucket
                + ", then create the model again."));
  }

  @Override
  protected void closeResources() {
    if (store != null) {
      store.close();
      store = null;
    }
  }
}
