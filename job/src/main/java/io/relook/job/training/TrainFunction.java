package io.relook.job.training;

import io.relook.job.s3.ObjectStore;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.training.TrainingStage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
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
 * Runs {@link ModelTraining} on Flink. Keeps no state of its own.
 *
 * <p>Metrics: {@code trainingStage} (gauge, text: model and stage of each running training), {@code
 * trainingsEnded}, {@code trainingsFailed}, {@code trainingMillis} (counters).
 */
public final class TrainFunction extends BoundedAsyncFunction<TrainingRequest, TrainedModel> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(TrainFunction.class);

  /** Name of the gauge that says what running trainings do. */
  public static final String STAGE_GAUGE = "trainingStage";

  private final TrainingJobSettings settings;
  private transient @Nullable ObjectStore store;
  private transient @Nullable ModelTraining training;
  private transient Map<String, TrainingStage> running;
  private transient Counter ended;
  private transient Counter failed;
  private transient Counter millis;

  @SuppressWarnings("NullAway.Init") // transient members are set when the function is opened
  public TrainFunction(TrainingJobSettings settings) {
    super(settings.threads(), "relook-train");
    this.settings = settings;
  }

  @Override
  protected void openResources() throws IOException {
    String descriptor = settings.backboneDescriptor();
    Backbone backbone =
        descriptor == null ? Backbone.bundled() : Backbone.load(Path.of(descriptor));
    ObjectStore opened = settings.store().open();
    store = opened;
    training = new ModelTraining(opened, settings, backbone, Clock.systemUTC());
    Map<String, TrainingStage> stages = new ConcurrentHashMap<>();
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
  protected TrainedModel work(TrainingRequest request) throws IOException, InterruptedException {
    ModelTraining opened = training;
    if (opened == null) {
      throw new IllegalStateException("The function is not open");
    }
    String name = request.model().getProjectName() + "/" + request.model().getModelVersion();
    LOG.info("Training {} begins (cut {})", name, request.cutId());
    try {
      TrainedModel trained =
          opened.train(
              request,
              stage -> {
                LOG.info("Training {}: {}", name, stage);
                running.put(name, stage);
              });
      ended.inc();
      TrainedModel.Success success = trained.success();
      if (success == null) {
        failed.inc();
      } else {
        millis.inc(success.tookMillis());
      }
      return trained;
    } finally {
      running.remove(name);
    }
  }

  @Override
  protected TrainedModel timedOut(TrainingRequest request) {
    return ModelTraining.failed(
        request,
        "TIME_LIMIT",
        "The training took longer than "
            + TimeUtils.formatWithHighestUnit(Duration.ofMillis(settings.timeLimitMillis()))
            + ": train on fewer images, or raise training.time-limit.");
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
