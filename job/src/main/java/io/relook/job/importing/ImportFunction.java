package io.relook.job.importing;

import io.relook.job.async.BoundedAsyncFunction;
import io.relook.job.domain.ImportRequest;
import io.relook.job.log.LogContext;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.PatientStore;
import io.relook.schemas.access.AccessControl;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link ManifestImport} on Flink, beside the stream. Imports in flight are in the checkpoint;
 * it keeps no other state.
 */
public final class ImportFunction extends BoundedAsyncFunction<ImportRequest, Import> {
  private static final long serialVersionUID = 1L;

  /** Manifests read at the same time in one subtask: each may be large. */
  private static final int READING = 1;

  /** Imports that may wait for their buckets meanwhile, without a manifest in memory. */
  private static final int WAITING = 16;

  private final ImportSettings settings;
  private final AccessControl access;
  private transient @Nullable ObjectStore store;
  private transient Semaphore reading;

  /**
   * @param access what senders of commands may have read
   */
  @SuppressWarnings("NullAway.Init") // transient members are set when the function is opened
  public ImportFunction(ImportSettings settings, AccessControl access) {
    super(READING + WAITING, "relook-import", ImportSettings.TIME_LIMIT);
    this.settings = settings;
    this.access = access;
  }

  @Override
  protected void openResources() {
    reading = new Semaphore(READING);
    store =
        new PatientStore(
            settings.bucket().store().open(),
            settings.bucket(),
            PatientStore.Pauses.releasing(reading));
  }

  @Override
  protected Import work(ImportRequest request) throws InterruptedException {
    reading.acquire();
    try {
      began(request, Duration.ZERO);
      return manifestImport().run(request);
    } finally {
      reading.release();
    }
  }

  @Override
  protected LogContext logContext(ImportRequest request) {
    return LogContext.project(request.account(), request.project());
  }

  @Override
  protected Import timedOut(ImportRequest request) {
    return manifestImport().timedOut(request);
  }

  private ManifestImport manifestImport() {
    ObjectStore opened = store;
    if (opened == null) {
      throw new IllegalStateException("The function is not open");
    }
    return new ManifestImport(opened, settings, access, Clock.systemUTC());
  }

  @Override
  protected void closeResources() {
    if (store != null) {
      store.close();
      store = null;
    }
  }
}
