package io.relook.job.dataset;

import io.relook.job.JobConfig;
import io.relook.job.dataset.CutAlignment.Step;
import io.relook.job.dataset.CutAlignment.Verdict;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.rejection.Refusal;
import io.relook.job.rejection.Refused;
import io.relook.job.state.StateAccess;
import io.relook.job.training.ManifestLine.Side;
import io.relook.job.training.TrainingSet;
import io.relook.schemas.Topic;
import io.relook.wire.CreateModel;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetImageStats;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs {@link CutAlignment} and {@link Dataset} on Flink. Key: account/project.
 *
 * <table>
 * <caption>State</caption>
 * <tr><th>name<th>kind<th>bound<th>end of life
 * <tr><td>entries<td>map: source reference → {@link DatasetEntry}<td>images of the project
 *     <td>withdrawal
 * <tr><td>sides<td>map: digest → side<td>pictures ever trained with, 70 bytes each<td>never: what
 *     was learned from must stay out of test
 * <tr><td>counts<td>map: data set → {@link DatasetCounts}<td>two<td>never
 * <tr><td>alignment<td>value: {@link CutAlignment}<td>one<td>when no cut is waited for
 * <tr><td>withheld<td>list of {@link ImageChange}<td>what arrives while a cut is waited for, markers too
 *     <td>when the cut is complete
 * <tr><td>applied-cuts<td>map: cut id → record time<td>cuts of {@link #CUTS_REMEMBERED_MILLIS}
 *     <td>swept with each cut
 * <tr><td>offsets<td>map: partition → offset<td>partitions of the image topic<td>never
 * <tr><td>changed<td>value: whether an event on relook.datasets is due<td>one<td>when it is sent
 * </table>
 *
 * The processing-time timer only gathers changes of one interval into one event; it decides
 * nothing.
 */
public final class DatasetFunction extends KeyedProcessFunction<String, ImageChange, TrainingSet> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(DatasetFunction.class);

  /** Longer than the image topic keeps its records: a replay meets no marker older than this. */
  static final long CUTS_REMEMBERED_MILLIS = 45L * 24 * 3_600_000;

  private static final long ANNOUNCEMENT_INTERVAL_MILLIS = 500;

  private final JobConfig.Window window;
  private final boolean minimums;
  private final String region;
  private final TopicRecords topics;
  private final OutputTag<TopicRecord> announcements;
  private final OutputTag<Refused> refusals;

  private transient Dataset dataset;
  private transient KeyedState state;
  private transient ValueState<CutAlignment> alignment;
  private transient ListState<ImageChange> withheld;
  private transient MapState<String, Long> appliedCuts;
  private transient MapState<Integer, Long> offsets;
  private transient ValueState<Boolean> changed;
  private transient Counter imagesApplied;
  private transient Counter imagesWithheld;
  private transient Counter offsetsBackwards;

  public DatasetFunction(
      JobConfig.Window window,
      boolean minimums,
      String region,
      TopicRecords topics,
      OutputTag<TopicRecord> announcements,
      OutputTag<Refused> refusals) {
    this.window = window;
    this.minimums = minimums;
    this.region = region;
    this.topics = topics;
    this.announcements = announcements;
    this.refusals = refusals;
  }

  @Override
  public void open(OpenContext context) {
    dataset = new Dataset(window, minimums);
    state =
        new KeyedState(
            getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("entries", String.class, DatasetEntry.class)),
            getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("sides", String.class, Side.class)),
            getRuntimeContext()
                .getMapState(
                    new MapStateDescriptor<>("counts", DatasetType.class, DatasetCounts.class)));
    alignment =
        getRuntimeContext().getState(new ValueStateDescriptor<>("alignment", CutAlignment.class));
    withheld =
        getRuntimeContext().getListState(new ListStateDescriptor<>("withheld", ImageChange.class));
    appliedCuts =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("applied-cuts", String.class, Long.class));
    offsets =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("offsets", Integer.class, Long.class));
    changed = getRuntimeContext().getState(new ValueStateDescriptor<>("changed", Boolean.class));
    imagesApplied = getRuntimeContext().getMetricGroup().counter("imagesApplied");
    imagesWithheld = getRuntimeContext().getMetricGroup().counter("imagesWithheld");
    offsetsBackwards = getRuntimeContext().getMetricGroup().counter("offsetsBackwards");
  }

  @Override
  public void processElement(ImageChange arrived, Context context, Collector<TrainingSet> out)
      throws Exception {
    watchOrder(arrived);
    Deque<ImageChange> pending = new ArrayDeque<>();
    pending.add(arrived);
    while (!pending.isEmpty()) {
      ImageChange change = pending.poll();
      Verdict verdict = align(change);
      if (verdict == Verdict.APPLY) {
        apply(change, context);
      } else if (verdict == Verdict.WITHHOLD) {
        if (change.cut() == null) {
          imagesWithheld.inc();
        }
        withheld.add(change);
      } else if (verdict == Verdict.COMPLETE) {
        List<ImageChange> released = new ArrayList<>();
        withheld.get().forEach(released::add);
        released.add(change);
        applyCut(earliestCut(released), context, out);
        alignment.clear();
        withheld.clear();
        // What was withheld stands before the rest of what is pending, in each partition.
        for (int i = released.size() - 1; i >= 0; i--) {
          pending.addFirst(released.get(i));
        }
      }
    }
  }

  /** The marker, one of several alike, of the cut that all partitions have reached. */
  private CutMarker earliestCut(List<ImageChange> released) throws Exception {
    String cutId = alignment.value().cutId();
    return released.stream()
        .flatMap(change -> Optional.ofNullable(change.cut()).stream())
        .filter(cut -> cut.getCutId().equals(cutId))
        .findFirst()
        .orElseThrow();
  }

  private Verdict align(ImageChange change) throws Exception {
    CutAlignment before = Optional.ofNullable(alignment.value()).orElse(CutAlignment.NONE);
    CutMarker cut = change.cut();
    int partition = change.origin().partition();
    Step step =
        cut == null
            ? before.offer(partition)
            : before.offer(
                partition,
                cut.getCutId(),
                cut.getPartitions(),
                appliedCuts.contains(cut.getCutId()));
    if (!step.after().equals(before)) {
      alignment.update(step.after());
    }
    return step.verdict();
  }

  private void apply(ImageChange change, Context context) throws Exception {
    Optional<Refusal> refusal = dataset.apply(state, change);
    if (refusal.isPresent()) {
      context.output(refusals, new Refused(change.origin(), refusal.get()));
      return;
    }
    imagesApplied.inc();
    if (changed.value() == null) {
      changed.update(true);
      long now = context.timerService().currentProcessingTime();
      context.timerService().registerProcessingTimeTimer(now + ANNOUNCEMENT_INTERVAL_MILLIS);
    }
  }

  private void applyCut(CutMarker cut, Context context, Collector<TrainingSet> out)
      throws Exception {
    long cutTime = cut.getAdmittedAt().toEpochMilli();
    List<String> old = new ArrayList<>();
    for (Map.Entry<String, Long> applied : appliedCuts.entries()) {
      if (cutTime - applied.getValue() > CUTS_REMEMBERED_MILLIS) {
        old.add(applied.getKey());
      }
    }
    for (String cutId : old) {
      appliedCuts.remove(cutId);
    }
    appliedCuts.put(cut.getCutId(), cutTime);
    ModelMetadata model = cut.getModel();
    if (!(cut.getCommand() instanceof CreateModel) || model == null) {
      LOG.warn(
          "Cut {} of project {} carries a command that this version does not apply: {}",
          cut.getCutId(),
          context.getCurrentKey(),
          cut.getCommand().getClass().getSimpleName());
      return;
    }
    Dataset.Plan plan = dataset.plan(context.getCurrentKey(), state, cutTime);
    if (plan instanceof Dataset.Plan.Train train) {
      LOG.info(
          "Training {} sees {} images (cut {})",
          model.getModelArn(),
          train.lines().size(),
          cut.getCutId());
      out.collect(new TrainingSet(model, cut.getCutId(), train.lines()));
    } else if (plan instanceof Dataset.Plan.Impossible impossible) {
      LOG.info("Training {} cannot succeed: {}", model.getModelArn(), impossible.message());
      TrainingOutcome outcome =
          TrainingOutcome.newBuilder()
              .setAccount(model.getAccount())
              .setProjectName(model.getProjectName())
              .setModelVersion(model.getModelVersion())
              .setModelArn(model.getModelArn())
              .setCutId(cut.getCutId())
              .setEndedAt(cut.getAdmittedAt())
              .setOutcome(new TrainingFailed(impossible.reason(), impossible.message()))
              .build();
      context.output(announcements, topics.record(Topic.OUTCOMES, outcome));
    }
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<TrainingSet> out)
      throws Exception {
    changed.clear();
    String[] key = context.getCurrentKey().split("/", 2);
    for (Map.Entry<DatasetType, DatasetCounts> entry : state.counts.entries()) {
      DatasetCounts counts = entry.getValue();
      String type = entry.getKey().name().toLowerCase(Locale.ROOT);
      DatasetDescription description =
          DatasetDescription.newBuilder()
              .setAccount(key[0])
              .setDatasetArn(
                  "arn:aws:lookoutvision:"
                      + region
                      + ":"
                      + key[0]
                      + ":dataset/"
                      + key[1]
                      + "/"
                      + type)
              .setProjectName(key[1])
              .setDatasetType(entry.getKey())
              .setCreationTimestamp(Instant.ofEpochMilli(counts.createdAt()))
              .setLastUpdatedTimestamp(Instant.ofEpochMilli(counts.updatedAt()))
              .setStatus(DatasetStatus.UPDATE_COMPLETE)
              .setStatusMessage("The dataset was updated successfully.")
              .setImageStats(
                  new DatasetImageStats(
                      counts.total(),
                      counts.normal() + counts.anomaly(),
                      counts.normal(),
                      counts.anomaly()))
              .setImagesByDefectClass(counts.byDefectClass())
              .build();
      context.output(announcements, topics.record(Topic.DATASETS, description));
    }
  }

  private void watchOrder(ImageChange change) throws Exception {
    int partition = change.origin().partition();
    Long last = offsets.get(partition);
    if (last != null && change.origin().offset() <= last) {
      offsetsBackwards.inc();
      LOG.error(
          "Offsets of partition {} go backwards, from {} to {}: cuts of project {} may be wrong."
              + " Was the image topic deleted and made again? Then start with --job.fresh.",
          partition,
          last,
          change.origin().offset(),
          change.datasetKey());
    }
    offsets.put(partition, change.origin().offset());
  }

  /** The state of the project at hand. */
  private record KeyedState(
      MapState<String, DatasetEntry> entries,
      MapState<String, Side> sides,
      MapState<DatasetType, DatasetCounts> counts)
      implements DatasetState {

    @Override
    public Optional<DatasetEntry> entry(String sourceRef) {
      return StateAccess.read(() -> entries.get(sourceRef));
    }

    @Override
    public Iterable<DatasetEntry> entriesInAnyOrder() {
      return StateAccess.read(entries::values).orElse(List.of());
    }

    @Override
    public void put(DatasetEntry entry) {
      StateAccess.write(() -> entries.put(entry.sourceRef(), entry));
    }

    @Override
    public void remove(String sourceRef) {
      StateAccess.write(() -> entries.remove(sourceRef));
    }

    @Override
    public Optional<Side> sideOfBytes(String digest) {
      return StateAccess.read(() -> sides.get(digest));
    }

    @Override
    public void rememberSide(String digest, Side side) {
      StateAccess.write(
          () -> {
            if (sides.get(digest) != Side.TRAIN) {
              sides.put(digest, side);
            }
          });
    }

    @Override
    public void count(DatasetType type, long at, UnaryOperator<DatasetCounts> change) {
      StateAccess.write(
          () -> {
            DatasetCounts before = counts.get(type);
            counts.put(type, change.apply(before == null ? DatasetCounts.empty(at) : before));
          });
    }
  }
}
