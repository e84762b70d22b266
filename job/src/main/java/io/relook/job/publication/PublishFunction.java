package io.relook.job.publication;

import io.relook.job.async.BoundedAsyncFunction;
import io.relook.job.domain.TrainingResult;
import io.relook.job.log.LogContext;
import io.relook.job.quarantine.InFlightGuard;
import io.relook.job.quarantine.QuarantineMetrics;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.PatientStore;
import io.relook.wire.TrainingOutcome;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link ModelPublication} on Flink, behind an {@link InFlightGuard}. Keeps no state of its
 * own.
 */
public final class PublishFunction extends BoundedAsyncFunction<TrainingResult, TrainingOutcome> {
  private static final long serialVersionUID = 1L;

  /** Publications that may wait for their buckets meanwhile, each with its model in memory. */
  private static final int WAITING = 8;

  private final PublicationSettings settings;
  private final QuarantineSettings quarantine;
  private transient @Nullable ObjectStore store;
  private transient @Nullable ModelPublication publication;
  private transient PublishMetrics metrics;
  private transient InFlightGuard guard;
  private transient Semaphore turns;

  /**
   * @param timeLimit time after which a publication fails
   */
  @SuppressWarnings("NullAway.Init") // transient members are set when the function is opened
  public PublishFunction(
      PublicationSettings settings, QuarantineSettings quarantine, Duration timeLimit) {
    super(settings.concurrency().trainings() + WAITING, "relook-publish", timeLimit);
    this.settings = settings;
    this.quarantine = quarantine;
  }

  @Override
  protected void openResources() {
    turns = new Semaphore(settings.concurrency().trainings());
    ObjectStore opened =
        new PatientStore(
            settings.bucket().store().open(),
            settings.bucket(),
            PatientStore.Pauses.releasing(turns));
    store = opened;
    guard = InFlightGuard.ofLongWork(quarantine, "publish");
    QuarantineMetrics.register(getRuntimeContext().getMetricGroup(), guard);
    metrics = new PublishMetrics(getRuntimeContext().getMetricGroup());
    publication =
        new ModelPublication(
            opened,
            settings,
            settings.accelerator().open(getRuntimeContext()).provider(),
            Clock.systemUTC());
  }

  @Override
  protected TrainingOutcome work(TrainingResult trained) throws Exception {
    ModelPublication opened = publication;
    if (opened == null) {
      throw new IllegalStateException("The function is not open");
    }
    turns.acquire();
    try {
      return metrics.count(published(opened, trained));
    } finally {
      turns.release();
    }
  }

  private TrainingOutcome published(ModelPublication opened, TrainingResult trained)
      throws Exception {
    return trained.success() == null
        ? opened.publish(trained)
        : guard.run(
            trained.request().cutId(),
            "Publishing " + trained.request().model().getModelArn(),
            "this model's files were being checked and written",
            ago -> {
              began(trained, ago);
              return opened.publish(trained);
            },
            (reason, message) ->
                ModelPublication.failed(trained.request(), reason, message, Clock.systemUTC()));
  }

  @Override
  protected LogContext logContext(TrainingResult trained) {
    return LogContext.model(trained.request().model()).cut(trained.request().cutId());
  }

  @Override
  protected TrainingOutcome timedOut(TrainingResult trained) {
    return metrics.count(
        ModelPublication.failed(
            trained.request(),
            "TIME_LIMIT",
            "Publishing the model's files took longer than testing.time-limit: check the store,"
                + " then create the model again.",
            Clock.systemUTC()));
  }

  @Override
  protected void closeResources() {
    publication = null;
    if (store != null) {
      store.close();
      store = null;
    }
  }
}
