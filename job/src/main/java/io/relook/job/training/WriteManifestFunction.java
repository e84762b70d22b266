package io.relook.job.training;

import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult;
import io.relook.job.quarantine.InFlightGuard;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectStoreFactory;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.schemas.Sha256;
import io.relook.wire.ModelMetadata;
import io.relook.wire.S3Object;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes a training's manifest into relook's own bucket, under its digest, and passes on where it
 * is: what waits for a training in a checkpoint is a location and not thousands of lines. A
 * manifest that cannot be written under the model's encryption key fails that training, not the
 * job.
 */
public final class WriteManifestFunction extends RichMapFunction<TrainingOrder, TrainingRequest> {
  private static final long serialVersionUID = 1L;

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
    this.stores = stores;
    this.bucket = bucket;
    this.quarantine = quarantine;
  }

  @Override
  public void open(OpenContext context) {
    store = stores.open();
    guard = InFlightGuard.ofShortWork(quarantine, "manifest");
  }

  @Override
  public TrainingRequest map(TrainingOrder set) throws Exception {
    ObjectStore opened = store;
    InFlightGuard guarding = guard;
    if (opened == null || guarding == null) {
      throw new IllegalStateException("The function is not open");
    }
    return guarding.run(
        set.cutId(),
        "Writing the manifest of " + set.model().getModelArn(),
        "this model's training manifest was being written",
        () -> write(opened, set),
        (reason, message) -> givenUp(set, new TrainingResult.Failure(reason, message)));
  }

  /** There is no manifest to name, and no one reads it. */
  private static TrainingRequest givenUp(TrainingOrder set, TrainingResult.Failure failure) {
    return new TrainingRequest(set.model(), set.cutId(), "", "", set.parent(), failure);
  }

  private TrainingRequest write(ObjectStore opened, TrainingOrder set)
      throws ObjectUnavailableException {
    ModelMetadata model = set.model();
    byte[] manifest = TrainingManifest.write(set.images());
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
          set.cutId(),
          key,
          digest,
          set.parent(),
          EncryptionKeys.failure(model, e).orElseThrow(() -> e));
    }
    return new TrainingRequest(model, set.cutId(), key, digest, set.parent());
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
      store = null;
    }
  }
}
