package io.relook.job.dataset;

import io.relook.job.domain.BucketLayout;
import io.relook.job.dataset.CutAlignment.Step;
import io.relook.job.dataset.CutAlignment.Verdict;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.FeatureKeys;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionReason;
import io.relook.job.domain.Split;
import io.relook.job.features.FeatureSettings;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.quarantine.Quarantine;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.state.StateAccess;
import io.relook.job.state.StateUnavailableException;
import io.relook.schemas.Topic;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteProject;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs {@link CutAlignment}, {@link Dataset} and {@link DatasetCuts} on Flink. Key:
 * account/project.
 *
 * <table>
 * <caption>State</caption>
 * <tr><th>name<th>kind<th>bound<th>end of life
 * <tr><td>entries<td>map: source reference → {@link DatasetEntry}<td>images of the project
 *     <td>withdrawal, DeleteDataset
 * <tr><td>sides<td>map: digest → side<td>pictures ever trained with, 70 bytes each
 *     <td>DeleteProject: until then what was learned from must stay out of test
 * <tr><td>counts<td>map: data set → {@link DatasetCounts}<td>two<td>DeleteDataset
 * <tr><td>deletions<td>map: data set → cut id of its last deletion<td>two
 *     <td>{@link #FORGET_MILLIS} after DeleteProject
 * <tr><td>leaving<td>map: key of an object → {@link DueErasure}<td>pictures that left within the delay
 *     of erasure<td>erasure
 * <tr><td>set-aside<td>map: key of an object → {@link DueErasure}<td>pictures erased within
 *     {@link #ASIDE_MILLIS}<td>erasure, or a new reference
 * <tr><td>alignment<td>value: {@link CutAlignment}<td>one<td>when no cut is waited for
 * <tr><td>withheld<td>list of {@link ImageChange}<td>what arrives while a cut is waited for, markers too
 *     <td>when the cut is complete
 * <tr><td>applied-cuts<td>map: cut id → record time<td>cuts of {@link #CUTS_REMEMBERED_MILLIS}
 *     <td>swept with each cut;
 *     {@link #FORGET_MILLIS} after DeleteProject
 * <tr><td>offsets<td>map: partition → offset<td>partitions of the image topic
 *     <td>{@link #FORGET_MILLIS} after DeleteProject
 * <tr><td>changed<td>value: whether an event on relook.datasets is due<td>one<td>when it is sent
 * <tr><td>forget-at<td>value: processing time<td>one<td>{@link #FORGET_MILLIS} after DeleteProject
 * </table>
 *
 * Processing-time timers gather changes of one interval into one event, erase what nothing refers
 * to, and clean up; they decide nothing.
 */
public final class DatasetFunction
    extends KeyedProcessFunction<String, ImageChange, DatasetOutput> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(DatasetFunction.class);

  /** Longer than the image topic keeps its records: a replay meets no marker older than this. */
  static final long CUTS_REMEMBERED_MILLIS = 45L * 24 * 3_600_000;

  /**
   * After this a project that was deleted and not used again leaves nothing behind. Longer than the
   * registry minds the deletion, or it would take news of images after it for stale.
   */
  static final long FORGET_MILLIS = 9L * 3_600_000;

  /**
   * How long an object that nothing refers to is set aside before it is erased. Far longer than an
   * image is on its way from the look whether its objects are there to this function.
   */
  static final long ASIDE_MILLIS = 3_600_000;

  /** Objects of one step: the checkpoint waits for the store meanwhile. */
  static final int ERASED_AT_ONCE = 200;

  private static final long NEXT_ERASURE_MILLIS = 1_000;
  private static final long ANNOUNCEMENT_INTERVAL_MILLIS = 500;
  private static final long ERASURE_GRAIN_MILLIS = 600_000;

  private final DatasetSettings settings;
  private final @Nullable FeatureSettings features;
  private final TopicRecords topics;
  private final OutputTag<TopicRecord> announcements;
  private final OutputTag<ImportRequest> imports;
  private final OutputTag<RejectedMessage> refusals;
  private @Nullable QuarantineSettings poison;

  private transient Dataset dataset;
  private transient DatasetCuts cuts;
  private transient KeyedState state;
  private transient ValueState<CutAlignment> alignment;
  private transient ListState<ImageChange> withheld;
  private transient MapState<String, Long> appliedCuts;
  private transient MapState<Integer, Long> offsets;
  private transient ValueState<Boolean> changed;
  private transient MapState<String, DueErasure> leaving;
  private transient MapState<String, DueErasure> setAside;
  private transient ValueState<Long> forgetAt;
  private transient Counter imagesApplied;
  private transient Counter imagesWithheld;
  private transient Counter changesRefused;
  private transient Counter offsetsBackwards;

  /** Leaves the names of features as they came. */
  public DatasetFunction(
      DatasetSettings settings,
      TopicRecords topics,
      OutputTag<TopicRecord> announcements,
      OutputTag<ImportRequest> imports,
      OutputTag<RejectedMessage> refusals) {
    this(settings, null, topics, announcements, imports, refusals);
  }

  /**
   * @param features how trainings now make features: images from before a change are told
   */
  public DatasetFunction(
      DatasetSettings settings,
      @Nullable FeatureSettings features,
      TopicRecords topics,
      OutputTag<TopicRecord> announcements,
      OutputTag<ImportRequest> imports,
      OutputTag<RejectedMessage> refusals) {
    this.settings = settings;
    this.features = features;
    this.topics = topics;
    this.announcements = announcements;
    this.imports = imports;
    this.refusals = refusals;
  }

  /** The same, which condemns an image or withdrawal that it fails on unexpectedly. */
  public DatasetFunction condemning(QuarantineSettings settings) {
    this.poison = settings;
    return this;
  }

  @Override
  public void open(OpenContext context) throws IOException {
    dataset = new Dataset(settings);
    cuts =
        new DatasetCuts(
            settings,
            features == null ? Optional.empty() : Optional.of(features.keys(features.backbone())));
    state =
        new KeyedState(
            getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("entries", String.class, DatasetEntry.class)),
            getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("sides", String.class, Split.class)),
            getRuntimeContext()
                .getMapState(
                    new MapStateDescriptor<>("counts", DatasetType.class, DatasetCounts.class)),
            getRuntimeContext()
                .getMapState(
                    new MapStateDescriptor<>("deletions", DatasetType.class, String.class)),
            new HashMap<>());
    leaving =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("leaving", String.class, DueErasure.class));
    setAside =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("set-aside", String.class, DueErasure.class));
    forgetAt = getRuntimeContext().getState(new ValueStateDescriptor<>("forget-at", Long.class));
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
    changesRefused = getRuntimeContext().getMetricGroup().counter("changesRefused");
    offsetsBackwards = getRuntimeContext().getMetricGroup().counter("offsetsBackwards");
  }

  @Override
  public void processElement(ImageChange arrived, Context context, Collector<DatasetOutput> out)
      throws Exception {
    watchOrder(arrived);
    Deque<ImageChange> pending = new ArrayDeque<>();
    pending.add(arrived);
    while (!pending.isEmpty()) {
      ImageChange change = pending.poll();
      Verdict verdict = align(change);
      if (verdict == Verdict.APPLY) {
        apply(change, context, out);
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

  private void apply(ImageChange change, Context context, Collector<DatasetOutput> out)
      throws Exception {
    Optional<RejectionReason> refusal;
    try {
      refusal = dataset.apply(state, change);
    } catch (StateUnavailableException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      Quarantine.condemn(poison, change.origin(), e);
      throw e;
    }
    if (refusal.isPresent()) {
      changesRefused.inc();
      context.output(refusals, new RejectedMessage(change.origin(), refusal.get()));
      expectErasures(context);
      return;
    }
    imagesApplied.inc();
    putBack(change, out);
    perform(cuts.begun(state, change.account(), change.project()), context, out);
    expectErasures(context);
    if (changed.value() == null) {
      changed.update(true);
      long now = context.timerService().currentProcessingTime();
      context.timerService().registerProcessingTimeTimer(now + ANNOUNCEMENT_INTERVAL_MILLIS);
    }
  }

  private void applyCut(CutMarker cut, Context context, Collector<DatasetOutput> out)
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
    if (cut.getCommand() instanceof DeleteProject) {
      // Markers stand in one order in every partition: none of an earlier cut can come any more.
      appliedCuts.clear();
      long at = context.timerService().currentProcessingTime() + FORGET_MILLIS;
      forgetAt.update(at);
      context.timerService().registerProcessingTimeTimer(at);
    }
    appliedCuts.put(cut.getCutId(), cutTime);
    perform(cuts.begun(state, cut.getAccount(), cut.getProject()), context, out);
    perform(cuts.apply(state, cut), context, out);
    expectErasures(context);
  }

  private void perform(List<DatasetEffect> effects, Context context, Collector<DatasetOutput> out) {
    for (DatasetEffect effect : effects) {
      if (effect instanceof DatasetEffect.Described described) {
        context.output(announcements, topics.record(Topic.DATASETS, described.description()));
      } else if (effect instanceof DatasetEffect.Gone gone) {
        context.output(announcements, topics.tombstone(Topic.DATASETS, gone.arn()));
      } else if (effect instanceof DatasetEffect.Began began) {
        context.output(announcements, topics.record(Topic.OUTCOMES, began.outcome()));
      } else if (effect instanceof DatasetEffect.CannotTrain cannot) {
        LOG.info("Training {} cannot succeed", cannot.outcome().getModelArn());
        context.output(announcements, topics.record(Topic.OUTCOMES, cannot.outcome()));
      } else if (effect instanceof DatasetEffect.Imports imports) {
        LOG.info("Importing {} into {}", imports.request().manifest(), context.getCurrentKey());
        context.output(this.imports, imports.request());
      } else if (effect instanceof DatasetEffect.Trains trains) {
        LOG.info(
            "Training {} sees {} images",
            trains.set().model().getModelArn(),
            trains.set().lines().size());
        out.collect(DatasetOutput.of(trains.set()));
      } else if (effect instanceof DatasetEffect.Removes removes) {
        out.collect(DatasetOutput.of(removes.removal()));
      }
    }
  }

  /** Notes what has left, with one timer for all that leave within a while. */
  private void expectErasures(Context context) throws Exception {
    if (state.left().isEmpty()) {
      return;
    }
    long delay = settings.erasureDelayMillis();
    long grain = Math.max(1, Math.min(ERASURE_GRAIN_MILLIS, delay));
    long now = context.timerService().currentProcessingTime();
    long dueAt = ((now + delay) / grain + 1) * grain;
    for (Map.Entry<String, DatasetType> left : state.left().entrySet()) {
      leaving.put(left.getKey(), new DueErasure(left.getValue(), dueAt));
    }
    state.left().clear();
    context.timerService().registerProcessingTimeTimer(dueAt);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<DatasetOutput> out)
      throws Exception {
    String[] key = context.getCurrentKey().split("/", 2);
    erase(timestamp, key[0], key[1], context.timerService(), out);
    if (changed.value() != null) {
      changed.clear();
      perform(cuts.described(state, key[0], key[1]), context, out);
    }
    Long forget = forgetAt.value();
    if (forget != null && forget <= timestamp) {
      forgetAt.clear();
      if (state.entries.isEmpty() && state.counts.isEmpty() && alignment.value() == null) {
        appliedCuts.clear();
        offsets.clear();
        state.deletions.clear();
      }
    }
  }

  /** Brings back what an image refers to that was seen just before it was set aside. */
  private void putBack(ImageChange change, Collector<DatasetOutput> out) throws Exception {
    List<S3Object> objects = new ArrayList<>();
    for (String key : dataset.ownObjects(change)) {
      if (setAside.contains(key)) {
        setAside.remove(key);
        objects.add(new S3Object(settings.bucket(), key, null));
      }
    }
    if (!objects.isEmpty()) {
      out.collect(
          DatasetOutput.of(
              new ObjectRemoval(
                  change.account(),
                  change.project(),
                  ObjectRemoval.Step.PUT_BACK,
                  objects,
                  "the image was sent again")));
    }
  }

  /** Erases what is due, some at a time: first aside, then for good. */
  private void erase(
      long timestamp,
      String account,
      String project,
      TimerService timers,
      Collector<DatasetOutput> out)
      throws Exception {
    Map<String, DueErasure> leave = due(leaving, timestamp);
    Map<String, DueErasure> vanish = due(setAside, timestamp);
    if (leave.isEmpty() && vanish.isEmpty()) {
      return;
    }
    if (leave.size() == ERASED_AT_ONCE || vanish.size() == ERASED_AT_ONCE) {
      timers.registerProcessingTimeTimer(timestamp + NEXT_ERASURE_MILLIS);
    }
    for (ImageChange change : withheld.get()) {
      // It will be applied or refused, and what it refers to judged then.
      for (String key : dataset.ownObjects(change)) {
        postpone(key, leave.remove(key), leaving, timestamp, timers);
        postpone(key, vanish.remove(key), setAside, timestamp, timers);
      }
    }
    for (String key : leave.keySet()) {
      leaving.remove(key);
    }
    String datasetKey = ProjectKey.of(account, project);
    for (DatasetEntry entry : state.entriesInAnyOrder()) {
      dataset.ownObjects(datasetKey, entry).forEach(leave::remove);
    }
    if (!leave.isEmpty()) {
      long dueAt = timestamp + Math.min(ASIDE_MILLIS, settings.erasureDelayMillis());
      for (Map.Entry<String, DueErasure> left : leave.entrySet()) {
        setAside.put(left.getKey(), new DueErasure(left.getValue().dataset(), dueAt));
      }
      timers.registerProcessingTimeTimer(dueAt);
      out.collect(removal(account, project, ObjectRemoval.Step.SET_ASIDE, leave.keySet()));
    }
    if (!vanish.isEmpty()) {
      for (String key : vanish.keySet()) {
        setAside.remove(key);
      }
      out.collect(removal(account, project, ObjectRemoval.Step.ERASE, vanish.keySet()));
      countErased(vanish);
    }
  }

  /** Objects whose time has come, in order of their keys, as many as are erased at once. */
  private static Map<String, DueErasure> due(MapState<String, DueErasure> objects, long timestamp)
      throws Exception {
    Map<String, DueErasure> due = new TreeMap<>();
    for (Map.Entry<String, DueErasure> entry : objects.entries()) {
      if (entry.getValue().dueAt() <= timestamp) {
        due.put(entry.getKey(), entry.getValue());
        if (due.size() == ERASED_AT_ONCE) {
          break;
        }
      }
    }
    return due;
  }

  private static void postpone(
      String key,
      @Nullable DueErasure object,
      MapState<String, DueErasure> objects,
      long timestamp,
      TimerService timers)
      throws Exception {
    if (object != null) {
      long dueAt = timestamp + ERASURE_GRAIN_MILLIS;
      objects.put(key, new DueErasure(object.dataset(), dueAt));
      timers.registerProcessingTimeTimer(dueAt);
    }
  }

  private DatasetOutput removal(
      String account, String project, ObjectRemoval.Step step, Set<String> keys) {
    List<S3Object> objects =
        keys.stream().map(key -> new S3Object(settings.bucket(), key, null)).toList();
    return DatasetOutput.of(
        new ObjectRemoval(account, project, step, objects, "no image refers to them"));
  }

  private void countErased(Map<String, DueErasure> erased) throws Exception {
    Map<DatasetType, Integer> pictures = new EnumMap<>(DatasetType.class);
    Set<String> present = new HashSet<>();
    state.entriesInAnyOrder().forEach(entry -> present.add(entry.picture().digest()));
    erased.forEach(
        (key, left) ->
            pictures.merge(left.dataset(), isOfErasedPicture(key, present) ? 1 : 0, Integer::sum));
    for (Map.Entry<DatasetType, Integer> of : pictures.entrySet()) {
      Optional<DatasetCounts> counts = state.counts(of.getKey());
      if (counts.isPresent()) {
        state.put(of.getKey(), counts.get().withErased(of.getValue()));
        changed.update(true);
      }
    }
  }

  /** Each picture has features; those of a former backbone may go while the picture stays. */
  private static boolean isOfErasedPicture(String objectKey, Set<String> present) {
    return BucketLayout.isFeatures(objectKey)
        && !present.contains(BucketLayout.digestOfFeatures(objectKey));
  }

  private void watchOrder(ImageChange change) throws Exception {
    int partition = change.origin().partition();
    Long last = offsets.get(partition);
    if (last != null && change.origin().offset() <= last) {
      offsetsBackwards.inc();
      LOG.error(
          "Offsets of partition {} go backwards, from {} to {}: cuts of project {} may be wrong."
              + " Was the image topic deleted and made again? Then start with --job.fresh true"
              + " and another kafka.output-topic-prefix.",
          partition,
          last,
          change.origin().offset(),
          change.datasetKey());
    }
    offsets.put(partition, change.origin().offset());
  }

  /**
   * The state of the project at hand.
   *
   * @param left objects that the element at hand has left without a reference
   */
  private record KeyedState(
      MapState<String, DatasetEntry> entries,
      MapState<String, Split> sides,
      MapState<DatasetType, DatasetCounts> counts,
      MapState<DatasetType, String> deletions,
      Map<String, DatasetType> left)
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
    public Optional<Split> sideOfBytes(String digest) {
      return StateAccess.read(() -> sides.get(digest));
    }

    @Override
    public void rememberSide(String digest, Split side) {
      StateAccess.write(
          () -> {
            if (sides.get(digest) != Split.TRAIN) {
              sides.put(digest, side);
            }
          });
    }

    @Override
    public void forgetSides() {
      sides.clear();
    }

    @Override
    public Optional<DatasetCounts> counts(DatasetType dataset) {
      return StateAccess.read(() -> counts.get(dataset));
    }

    @Override
    public void put(DatasetType dataset, DatasetCounts changed) {
      StateAccess.write(() -> counts.put(dataset, changed));
    }

    @Override
    public void removeCounts(DatasetType dataset) {
      StateAccess.write(() -> counts.remove(dataset));
    }

    @Override
    public Optional<String> lastDeletion(DatasetType dataset) {
      return StateAccess.read(() -> deletions.get(dataset));
    }

    @Override
    public void putLastDeletion(DatasetType dataset, String cutId) {
      StateAccess.write(() -> deletions.put(dataset, cutId));
    }

    @Override
    public void leaves(DatasetType dataset, String objectKey) {
      left.put(objectKey, dataset);
    }
  }
}
