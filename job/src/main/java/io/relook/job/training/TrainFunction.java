package io.relook.job.training;

import io.relook.job.accelerator.Accelerator;
import io.relook.job.async.BoundedAsyncFunction;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult;
import io.relook.job.log.LogContext;
import io.relook.job.quarantine.InFlightGuard;
import io.relook.job.quarantine.QuarantineMetrics;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.PatientStore;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.training.TrainingStage;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs {@link ModelTraining} on Flink, behind an {@link InFlightGuard}. Keeps no state of its own.
 *
 * <p>Metrics: {@code trainingStage} (gauge, text: model and stage of each running training; before
 * the first stage, how many pictures had their features extracted again), {@code trainingsEnded},
 * {@code trainingsFailed}, {@code trainingMillis} (counters).
 */
public final class TrainFunction extends BoundedAsyncFunction<TrainingRequest, TrainingResult> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(TrainFunction.class);

  /** Name of the gauge that says what running trainings do. */
  public static final String STAGE_GAUGE = "trainingStage";

  private static final String EXTRACTING = "EXTRACTING_FEATURES";
  private static final int LOGGED_EVERY = 100;

  private final TrainingJobSettings settings;
  private final QuarantineSettings quarantine;
  private transient @Nullable ObjectStore store;
  private transient @Nullable ModelTraining training;
  private transient InFlightGuard guard;
  private transient Map<String, String> running;
  private transient Counter ended;
  private transient Counter failed;
  private transient Counter millis;

  @SuppressWarnings("NullAway.Init") // transient members are set when the function is opened
  public TrainFunction(TrainingJobSettings settings, QuarantineSettings quarantine) {
    super(settings.concurrency().trainings(), "relook-train", settings.timeLimit());
    this.settings = settings;
    this.quarantine = quarantine;
  }

  @Override
  protected void openResources() throws IOException {
    Backbone backbone = settings.features().backbone();
    Accelerator accelerator = settings.accelerator().open(getRuntimeContext());
    ObjectStore opened =
        new PatientStore(
            settings.bucket().store().open(), settings.bucket(), PatientStore.Pauses.sleeping());
    store = opened;
    guard = InFlightGuard.ofLongWork(quarantine, "train");
    QuarantineMetrics.register(getRuntimeContext().getMetricGroup(), guard);
    training = new ModelTraining(opened, settings, backbone, accelerator, Clock.systemUTC());
    Map<String, String> stages = new ConcurrentHashMap<>();
    running = stages;
    getRuntimeContext()
        .getMetricGroup()
        .gauge(
            STAGE_GAUGE,
            (Gauge<String>)
                () ->
                    stages.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .sorted()
                        .collect(Collectors.joining(", ")));
    ended =
        getRuntimeContext()
            .getMetricGroup()
            .counter("trainingsEnded", new ThreadSafeSimpleCounter());
    failed =
        getRuntimeContext()
            .getMetricGroup()
            .counter("trainingsFailed", new ThreadSafeSimpleCounter());
    millis =
        getRuntimeContext()
            .getMetricGroup()
            .counter("trainingMillis", new ThreadSafeSimpleCounter());
  }

  @Override
  protected TrainingResult work(TrainingRequest request) throws Exception {
    TrainingResult trained =
        request.failure() == null
            ? guard.run(
                request.cutId(),
                "Training " + request.model().getModelArn(),
                "this model was being trained",
                ago -> {
                  began(request, ago);
                  return train(request);
                },
                (reason, message) -> ModelTraining.failed(request, reason, message))
            : train(request);
    ended.inc();
    TrainingResult.Success success = trained.success();
    if (success == null) {
      failed.inc();
    } else {
      millis.inc(success.run().tookMillis());
    }
    return trained;
  }

  private TrainingResult train(TrainingRequest request) throws IOException, InterruptedException {
    ModelTraining opened = training;
    if (opened == null) {
      throw new IllegalStateException("The function is not open");
    }
    String name = request.model().getProjectName() + "/" + request.model().getModelVersion();
    LOG.info("Training {} begins (cut {})", name, request.cutId());
    try {
      return opened.train(
          request,
          new TrainingProgress() {
            @Override
            public void stage(TrainingStage stage) {
              LOG.info("Training {}: {}", name, stage);
              running.put(name, stage.name());
            }

            @Override
            public void extracting(int done, int all) {
              if (done % LOGGED_EVERY == 0) {
                LOG.info("Training {}: features of {} of {} pictures", name, done, all);
              }
              running.put(name, EXTRACTING + " %d of %d".formatted(done, all));
            }
          });
    } finally {
      running.remove(name);
    }
  }

  @Override
  protected LogContext logContext(TrainingRequest request) {
    return LogContext.model(request.model()).cut(request.cutId());
  }

  @Override
  protected TrainingResult timedOut(TrainingRequest request) {
    return ModelTraining.failed(
        request,
        "TIME_LIMIT",
        "The training took longer than "
            + TimeUtils.formatWithHighestUnit(settings.timeLimit())
            + ", in which the time that the job was down is counted too: create the model again,"
            + " train on fewer images, or raise training.time-limit.");
  }

  @Override
  protected void closeResources() {
    training = null;
    if (store != null) {
      store.close();
      store = null;
    }
  }
}
