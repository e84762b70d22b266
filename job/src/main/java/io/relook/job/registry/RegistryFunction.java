package io.relook.job.registry;

import io.relook.job.domain.OutputBucket;
import io.relook.job.domain.RegistryInput;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.log.LogContext;
import io.relook.job.operation.Request;
import io.relook.job.quarantine.Quarantine;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.state.StateAccess;
import io.relook.job.state.StateUnavailableException;
import io.relook.schemas.Topic;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs {@link Registry} on Flink. Key: account.
 *
 * <table>
 * <caption>State</caption>
 * <tr><th>name<th>kind<th>bound<th>end of life
 * <tr><td>projects<td>map: name → {@link Project}<td>projects of the account<td>DeleteProject
 * <tr><td>models<td>map: ARN → {@link ModelMetadata}<td>models of the account<td>DeleteModel
 * <tr><td>in-training<td>value: list of ARNs<td>trainings that the quota allows<td>with the last
 *     training that ends
 * <tr><td>datasets<td>map: project/TYPE → {@link KnownDataset}<td>two for each project
 *     <td>DeleteDataset
 * <tr><td>deletions<td>map: project/TYPE → {@link Deletion}<td>data sets deleted in 9 hours<td>swept
 * <tr><td>requests<td>map: operation → record times<td>the request rate for each operation<td>swept
 * <tr><td>answered<td>map: scoped client token → {@link FirstReply}<td>commands admitted in 9 hours
 *     <td>swept
 * <tr><td>swept<td>value: hour of record time of the last sweep<td>one<td>with the last entry swept
 * <tr><td>sweep-timer<td>value: processing time of the timer that is set<td>one<td>when it fires
 * <tr><td>early-outcomes<td>map: ARN → {@link TrainingOutcome}<td>trainings that a replay sees end
 *     before their command<td>when the command comes
 * </table>
 *
 * <p>A sweep forgets what is 8 hours of record time old, once an hour of record time, when a
 * command comes. A silent account is swept by a processing-time timer: it waits for the longest
 * downtime besides, so that nothing is forgotten that a command in the backlog could ask for.
 */
public final class RegistryFunction
    extends KeyedProcessFunction<String, RegistryInput, TopicRecord> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RegistryFunction.class);
  private static final long HOUR = 3_600_000L;

  /** Longest downtime that loses nothing: the transaction time-out of our deployments. */
  static final Duration LONGEST_DOWNTIME = Duration.ofDays(7);

  private final RegistrySettings settings;
  private final TopicRecords topics;
  private @Nullable QuarantineSettings poison;

  private transient Registry registry;
  private transient RegistryMetrics metrics;
  private transient KeyedState state;
  private transient ValueState<Long> sweepTimer;

  public RegistryFunction(RegistrySettings settings, TopicRecords topics) {
    this.settings = settings;
    this.topics = topics;
  }

  /** The same, which condemns an input that it fails on unexpectedly. */
  public RegistryFunction condemning(QuarantineSettings settings) {
    this.poison = settings;
    return this;
  }

  @Override
  public void open(OpenContext context) {
    registry = new Registry(settings);
    metrics = new RegistryMetrics(getRuntimeContext().getMetricGroup());
    sweepTimer =
        getRuntimeContext().getState(new ValueStateDescriptor<>("sweep-timer", Long.class));
    state =
        new KeyedState(
            map("projects", Project.class),
            map("models", ModelMetadata.class),
            getRuntimeContext()
                .getState(new ValueStateDescriptor<>("in-training", Types.LIST(Types.STRING))),
            map("datasets", KnownDataset.class),
            map("deletions", Deletion.class),
            getRuntimeContext()
                .getMapState(
                    new MapStateDescriptor<>("requests", Types.STRING, Types.LIST(Types.LONG))),
            map("answered", FirstReply.class),
            getRuntimeContext().getState(new ValueStateDescriptor<>("swept", Long.class)),
            map("early-outcomes", TrainingOutcome.class));
  }

  private <V> MapState<String, V> map(String name, Class<V> type) {
    return getRuntimeContext().getMapState(new MapStateDescriptor<>(name, String.class, type));
  }

  @Override
  public void processElement(RegistryInput input, Context context, Collector<TopicRecord> out)
      throws Exception {
    List<RegistryEffect> announcements;
    try {
      announcements = decide(input);
    } catch (StateUnavailableException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      Quarantine.condemn(poison, input.origin(), e);
      throw e;
    }
    if (input.command() != null) {
      metrics.judged(
          announcements,
          context.timerService().currentProcessingTime() - input.origin().timestamp());
      log(request(input), announcements);
      setSweepTimer(context);
    }
    for (RegistryEffect announcement : announcements) {
      announce(announcement, out);
    }
  }

  private static void log(Request request, List<RegistryEffect> announcements) {
    try (LogContext context =
        LogContext.project(request.account(), request.project())
            .request(request.requestId())
            .cut(request.origin().place())) {
      LOG.info(
          "{} was {}",
          request.operation(),
          RegistryMetrics.isRefusal(announcements) ? "refused" : "accepted");
    }
  }

  private static Request request(RegistryInput input) {
    OutputBucket found = input.outputBucket();
    return new Request(
        Objects.requireNonNull(input.command()),
        input.origin(),
        found == null ? OutputBucket.ASSUMED_WRITABLE : found);
  }

  private List<RegistryEffect> decide(RegistryInput input) {
    if (input.command() != null) {
      return registry.judge(state, request(input));
    }
    if (input.outcome() != null) {
      return registry.ended(state, input.outcome());
    }
    if (input.datasetOutcome() != null) {
      Instant at = Instant.ofEpochMilli(input.origin().timestamp());
      return registry.became(state, input.datasetOutcome(), at);
    }
    throw new IllegalStateException("An input of the registry has a command or an outcome");
  }

  private void setSweepTimer(Context context) throws Exception {
    if (sweepTimer.value() == null && state.hasWhatIsSwept()) {
      long at =
          context.timerService().currentProcessingTime()
              + Registry.MEMORY.plus(LONGEST_DOWNTIME).toMillis();
      sweepTimer.update(at);
      context.timerService().registerProcessingTimeTimer(at);
    }
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<TopicRecord> out)
      throws Exception {
    sweepTimer.clear();
    state.sweep(timestamp - Registry.MEMORY.plus(LONGEST_DOWNTIME).toMillis() + 1);
    setSweepTimer(context);
  }

  private void announce(RegistryEffect announcement, Collector<TopicRecord> out) {
    if (announcement instanceof RegistryEffect.Reply reply) {
      out.collect(topics.record(Topic.REPLIES, reply.reply()));
    } else if (announcement instanceof RegistryEffect.Model model) {
      out.collect(topics.record(Topic.MODELS, model.model()));
    } else if (announcement instanceof RegistryEffect.ModelGone gone) {
      out.collect(topics.tombstone(Topic.MODELS, gone.arn()));
    } else if (announcement instanceof RegistryEffect.NewProject project) {
      out.collect(topics.record(Topic.PROJECTS, project.project()));
    } else if (announcement instanceof RegistryEffect.ProjectGone gone) {
      out.collect(topics.tombstone(Topic.PROJECTS, gone.arn()));
    } else if (announcement instanceof RegistryEffect.Cut cut) {
      for (int partition = 0; partition < settings.imagePartitions(); partition++) {
        CutMarker marker = CutMarker.newBuilder(cut.marker()).setPartition(partition).build();
        out.collect(topics.record(Topic.IMAGES, marker, partition));
      }
    }
  }

  /** The state of the account at hand. */
  private record KeyedState(
      MapState<String, Project> projects,
      MapState<String, ModelMetadata> modelsByArn,
      ValueState<List<String>> inTrainingArns,
      MapState<String, KnownDataset> datasets,
      MapState<String, Deletion> deletions,
      MapState<String, List<Long>> requestTimes,
      MapState<String, FirstReply> answered,
      ValueState<Long> swept,
      MapState<String, TrainingOutcome> earlyOutcomes)
      implements AccountState {

    @Override
    public Optional<Project> project(String name) {
      return StateAccess.read(() -> projects.get(name));
    }

    @Override
    public void put(Project project) {
      StateAccess.write(() -> projects.put(project.description().getProjectName(), project));
    }

    @Override
    public void removeProject(String name) {
      StateAccess.write(() -> projects.remove(name));
    }

    @Override
    public Optional<ModelMetadata> model(String arn) {
      return StateAccess.read(() -> modelsByArn.get(arn));
    }

    @Override
    public void put(ModelMetadata model) {
      StateAccess.write(() -> modelsByArn.put(model.getModelArn(), model));
    }

    @Override
    public void removeModel(String arn) {
      StateAccess.write(() -> modelsByArn.remove(arn));
    }

    @Override
    public Iterable<ModelMetadata> models() {
      return StateAccess.read(modelsByArn::values).orElse(List.of());
    }

    @Override
    public Optional<List<String>> inTraining() {
      return StateAccess.read(inTrainingArns::value);
    }

    @Override
    public void putInTraining(List<String> arns) {
      StateAccess.write(
          () -> {
            if (arns.isEmpty() && projects.isEmpty()) {
              inTrainingArns.clear();
            } else {
              inTrainingArns.update(new ArrayList<>(arns));
            }
          });
    }

    @Override
    public Optional<KnownDataset> dataset(String project, DatasetType type) {
      return StateAccess.read(() -> datasets.get(KnownDataset.key(project, type)));
    }

    @Override
    public void put(KnownDataset dataset) {
      StateAccess.write(
          () -> datasets.put(KnownDataset.key(dataset.project(), dataset.type()), dataset));
    }

    @Override
    public void removeDataset(String project, DatasetType type) {
      StateAccess.write(() -> datasets.remove(KnownDataset.key(project, type)));
    }

    @Override
    public Optional<Deletion> deletion(String project, DatasetType type) {
      return StateAccess.read(() -> deletions.get(KnownDataset.key(project, type)));
    }

    @Override
    public void put(String project, DatasetType type, Deletion deletion) {
      StateAccess.write(() -> deletions.put(KnownDataset.key(project, type), deletion));
    }

    @Override
    public List<Long> requests(String operation) {
      return StateAccess.read(() -> requestTimes.get(operation)).orElse(List.of());
    }

    @Override
    public void putRequests(String operation, List<Long> timestamps) {
      StateAccess.write(() -> requestTimes.put(operation, new ArrayList<>(timestamps)));
    }

    @Override
    public Optional<FirstReply> answered(String scopedToken) {
      return StateAccess.read(() -> answered.get(scopedToken));
    }

    @Override
    public void remember(String scopedToken, FirstReply answer) {
      StateAccess.write(() -> answered.put(scopedToken, answer));
    }

    @Override
    public void forgetBefore(long timestamp) {
      StateAccess.write(
          () -> {
            long hour = timestamp / HOUR;
            Long last = swept.value();
            if (last == null || last < hour) {
              swept.update(hour);
              sweep(hour * HOUR);
            }
          });
    }

    /** Forgets everything from before a record time. */
    void sweep(long before) {
      StateAccess.write(
          () -> {
            removeBefore(answered, before, FirstReply::timestamp);
            removeBefore(deletions, before, Deletion::timestamp);
            removeBefore(
                requestTimes, before, times -> times.isEmpty() ? 0 : times.get(times.size() - 1));
            if (!hasWhatIsSwept()) {
              swept.clear();
            }
            if (projects.isEmpty()) {
              inTrainingArns.clear();
            }
          });
    }

    boolean hasWhatIsSwept() {
      return StateAccess.read(
              () -> !answered.isEmpty() || !deletions.isEmpty() || !requestTimes.isEmpty())
          .orElse(false);
    }

    private static <V> void removeBefore(
        MapState<String, V> map, long before, ToLongFunction<V> timestamp) throws Exception {
      List<String> old = new ArrayList<>();
      for (Map.Entry<String, V> entry : map.entries()) {
        if (timestamp.applyAsLong(entry.getValue()) < before) {
          old.add(entry.getKey());
        }
      }
      for (String key : old) {
        map.remove(key);
      }
    }

    @Override
    public Optional<TrainingOutcome> takeEarlyOutcome(String modelArn) {
      return StateAccess.read(
          () -> {
            TrainingOutcome outcome = earlyOutcomes.get(modelArn);
            if (outcome != null) {
              earlyOutcomes.remove(modelArn);
            }
            return outcome;
          });
    }

    @Override
    public void keepEarlyOutcome(TrainingOutcome outcome) {
      StateAccess.write(() -> earlyOutcomes.put(outcome.getModelArn(), outcome));
    }
  }
}
