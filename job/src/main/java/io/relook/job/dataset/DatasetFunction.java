package io.relook.job.dataset;

import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionReason;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.features.FeatureSettings;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.quarantine.Quarantine;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.state.StateUnavailableException;
import io.relook.schemas.Topic;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteProject;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs {@link AlignmentBuffer}, {@link Dataset}, {@link DatasetCuts} and {@link ErasureSchedule} on
 * Flink. Key: account/project.
 *
 * <table>
 * <caption>State</caption>
 * <tr><th>name<th>kind<th>bound<th>end of life
 * <tr><td>entries<td>map: source reference → {@link DatasetEntry}<td>images of the project
 *     <td>withdrawal, DeleteDataset
 * <tr><td>splits<td>map: digest → split<td>pictures ever trained with, 70 bytes each
 *     <td>DeleteProject: until then what was learned from must stay out of test
 * <tr><td>counts<td>map: data set → {@link DatasetCounts}<td>two<td>DeleteDataset
 * <tr><td>deletions<td>map: data set → cut id of its last deletion<td>two
 *     <td>{@link #FORGET_MILLIS} after DeleteProject
 * <tr><td>imports<td>map: import → {@link ImportTally}<td>imports that run<td>end of the import
 * <tr><td>unreferenced<td>map: key of an object → {@link DueErasure}<td>objects that lost their last
 *     reference within the delay of erasure<td>move to trash
 * <tr><td>trash<td>map: key of an object → {@link DueErasure}<td>objects moved to trash within {@link
 *     ErasureSchedule#TRASH_MILLIS}<td>erasure, or a new reference
 * <tr><td>alignment<td>value: {@link CutAlignment}<td>one<td>when no cut is waited for
 * <tr><td>buffered<td>list of {@link ImageChange}<td>what arrives while a cut is waited for, markers
 *     too<td>when the cut is complete
 * <tr><td>applied-cuts<td>map: cut id → record time<td>cuts of {@link
 *     AlignmentBuffer#CUTS_REMEMBERED_MILLIS}<td>swept with each cut; {@link #FORGET_MILLIS} after
 *     DeleteProject
 * <tr><td>offsets<td>map: partition → offset<td>partitions of the image topic
 *     <td>{@link #FORGET_MILLIS} after DeleteProject
 * <tr><td>changed<td>value: whether an event on relook.datasets is due<td>one<td>when it is sent
 * <tr><td>forget-at<td>value: processing time<td>one<td>{@link #FORGET_MILLIS} after DeleteProject
 * </table>
 *
 * Processing-time timers gather changes of one interval into one event, run the schedule of
 * erasure, and clean up. No decision about images or commands depends on them.
 */
public final class DatasetFunction
    extends KeyedProcessFunction<String, ImageChange, DatasetOutput> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(DatasetFunction.class);

  /**
   * After this time a project that was deleted and not used again leaves nothing behind. The
   * registry remembers the deletion for 8 hours and compares news of images with it, so this state
   * stays for longer.
   */
  static final long FORGET_MILLIS = 9L * 3_600_000;

  private static final long DESCRIPTION_INTERVAL_MILLIS = 500;
  private static final String UNREFERENCED = "no image refers to them";

  private final DatasetSettings settings;
  private final @Nullable FeatureSettings features;
  private final @Nullable QuarantineSettings quarantine;
  private final TopicRecords topics;
  private final Tags tags;

  private transient Dataset dataset;
  private transient DatasetCuts cuts;
  private transient ErasureSchedule erasures;
  private transient KeyedDatasetState state;
  private transient Counter imagesApplied;
  private transient Counter imagesBuffered;
  private transient Counter changesRejected;
  private transient Counter offsetsBackwards;

  /**
   * Side outputs.
   *
   * @param records messages for the sink
   * @param imports manifests to import
   * @param rejected messages that the data set does not take
   */
  public record Tags(
      OutputTag<TopicRecord> records,
      OutputTag<ImportRequest> imports,
      OutputTag<RejectedMessage> rejected)
      implements Serializable {}

  /**
   * @param features how trainings make features now; without, the keys of features stay as images
   *     came with them
   * @param quarantine where an image or withdrawal goes that this function fails on unexpectedly;
   *     without, it only fails
   */
  public DatasetFunction(
      DatasetSettings settings,
      @Nullable FeatureSettings features,
      @Nullable QuarantineSettings quarantine,
      TopicRecords topics,
      Tags tags) {
    this.settings = settings;
    this.features = features;
    this.quarantine = quarantine;
    this.topics = topics;
    this.tags = tags;
  }

  @Override
  public void open(OpenContext context) throws IOException {
    dataset = new Dataset(settings);
    cuts =
        new DatasetCuts(
            settings,
            features == null ? Optional.empty() : Optional.of(features.keys(features.backbone())));
    erasures = new ErasureSchedule(settings.erasureDelayMillis());
    state = new KeyedDatasetState(getRuntimeContext());
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    imagesApplied = metrics.counter("imagesApplied");
    imagesBuffered = metrics.counter("imagesWithheld");
    changesRejected = metrics.counter("changesRefused");
    offsetsBackwards = metrics.counter("offsetsBackwards");
  }

  @Override
  public void processElement(ImageChange arrived, Context context, Collector<DatasetOutput> out)
      throws Exception {
    watchOrder(arrived);
    AlignmentBuffer.offer(
        state,
        arrived,
        new AlignmentBuffer.Target() {
          @Override
          public void apply(ImageChange change) {
            DatasetFunction.this.apply(change, context, out);
          }

          @Override
          public void apply(CutMarker cut) {
            DatasetFunction.this.apply(cut, context, out);
          }

          @Override
          public void buffered(ImageChange change) {
            imagesBuffered.inc();
          }
        });
  }

  private void apply(ImageChange change, Context context, Collector<DatasetOutput> out) {
    Optional<RejectionReason> reason;
    try {
      reason = dataset.apply(state, change);
    } catch (StateUnavailableException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      Quarantine.add(quarantine, change.origin(), e);
      throw e;
    }
    if (reason.isPresent()) {
      changesRejected.inc();
      context.output(tags.rejected(), new RejectedMessage(change.origin(), reason.get()));
      scheduleErasures(context);
      return;
    }
    if (change.isRejected()) {
      return;
    }
    imagesApplied.inc();
    restore(change, out);
    perform(cuts.begun(state, change.account(), change.project()), context, out);
    scheduleErasures(context);
    if (!state.isChanged()) {
      state.putChanged();
      long now = context.timerService().currentProcessingTime();
      context.timerService().registerProcessingTimeTimer(now + DESCRIPTION_INTERVAL_MILLIS);
    }
  }

  private void apply(CutMarker cut, Context context, Collector<DatasetOutput> out) {
    if (cut.getCommand() instanceof DeleteProject) {
      long at = context.timerService().currentProcessingTime() + FORGET_MILLIS;
      state.putForgetAt(at);
      context.timerService().registerProcessingTimeTimer(at);
    }
    perform(cuts.begun(state, cut.getAccount(), cut.getProject()), context, out);
    perform(cuts.apply(state, cut), context, out);
    scheduleErasures(context);
  }

  private void perform(List<DatasetEffect> effects, Context context, Collector<DatasetOutput> out) {
    DatasetEffect.Outputs outputs =
        new DatasetEffect.Outputs() {
          @Override
          public void record(Topic topic, SpecificRecord value) {
            context.output(tags.records(), topics.record(topic, value));
          }

          @Override
          public void tombstone(Topic topic, String key) {
            context.output(tags.records(), topics.tombstone(topic, key));
          }

          @Override
          public void importing(ImportRequest request) {
            context.output(tags.imports(), request);
          }

          @Override
          public void next(DatasetOutput output) {
            out.collect(output);
          }
        };
    for (DatasetEffect effect : effects) {
      log(effect, context.getCurrentKey());
      effect.into(outputs);
    }
  }

  private static void log(DatasetEffect effect, String project) {
    if (effect instanceof DatasetEffect.CannotTrain cannot) {
      LOG.info("Training {} cannot succeed", cannot.outcome().getModelArn());
    } else if (effect instanceof DatasetEffect.Imports imports) {
      LOG.info("Importing {} into {}", imports.request().manifest(), project);
    } else if (effect instanceof DatasetEffect.Trains trains) {
      TrainingOrder order = trains.order();
      LOG.info("Training {} sees {} images", order.model().getModelArn(), order.images().size());
    }
  }

  private void scheduleErasures(Context context) {
    Map<String, DatasetType> unreferenced = state.takeUnreferenced();
    if (!unreferenced.isEmpty()) {
      long now = context.timerService().currentProcessingTime();
      context.timerService().registerProcessingTimeTimer(erasures.add(state, unreferenced, now));
    }
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<DatasetOutput> out) {
    String[] key = context.getCurrentKey().split("/", 2);
    erase(timestamp, key[0], key[1], context.timerService(), out);
    if (state.isChanged()) {
      state.clearChanged();
      perform(cuts.described(state, key[0], key[1]), context, out);
    }
    if (state.forgetAt().filter(at -> at <= timestamp).isPresent()) {
      state.forgetUnlessUsed();
    }
  }

  /** Restores what an image refers to that was there when it was checked, and in trash by now. */
  private void restore(ImageChange change, Collector<DatasetOutput> out) {
    List<String> restored = erasures.restore(state, dataset.ownObjects(change));
    if (!restored.isEmpty()) {
      out.collect(
          removal(
              change.account(),
              change.project(),
              ObjectRemoval.Step.RESTORE,
              restored,
              "the image was sent again"));
    }
  }

  private void erase(
      long timestamp,
      String account,
      String project,
      TimerService timers,
      Collector<DatasetOutput> out) {
    String datasetKey = ProjectKey.of(account, project);
    ErasureSchedule.Due due =
        erasures.due(
            state,
            timestamp,
            buffered().flatMap(change -> dataset.ownObjects(change).stream()),
            entries().flatMap(entry -> dataset.ownObjects(datasetKey, entry).stream()));
    due.timers().forEach(timers::registerProcessingTimeTimer);
    if (!due.toTrash().isEmpty()) {
      out.collect(
          removal(account, project, ObjectRemoval.Step.TO_TRASH, due.toTrash(), UNREFERENCED));
    }
    if (!due.erased().isEmpty()) {
      out.collect(
          removal(account, project, ObjectRemoval.Step.ERASE, due.erased().keySet(), UNREFERENCED));
      countErased(due.erased());
    }
  }

  private DatasetOutput removal(
      String account,
      String project,
      ObjectRemoval.Step step,
      Collection<String> keys,
      String reason) {
    List<S3Object> objects =
        keys.stream().map(key -> new S3Object(settings.bucket(), key, null)).toList();
    return DatasetOutput.of(new ObjectRemoval(account, project, step, objects, reason));
  }

  private void countErased(Map<String, DueErasure> erased) {
    ErasureSchedule.pictures(erased, entries().map(entry -> entry.picture().digest()))
        .forEach(
            (type, pictures) ->
                state
                    .counts(type)
                    .ifPresent(
                        counts -> {
                          state.put(type, counts.withErased(pictures));
                          state.putChanged();
                        }));
  }

  private Stream<DatasetEntry> entries() {
    return stream(() -> state.entriesInAnyOrder());
  }

  private Stream<ImageChange> buffered() {
    return stream(() -> state.buffered());
  }

  /** Reads state only when the stream is. */
  private static <T> Stream<T> stream(Supplier<Iterable<T>> state) {
    return StreamSupport.stream(() -> state.get().spliterator(), Spliterator.ORDERED, false);
  }

  private void watchOrder(ImageChange change) {
    int partition = change.origin().partition();
    long offset = change.origin().offset();
    Optional<Long> before = state.putOffset(partition, offset);
    if (before.isPresent() && offset <= before.get()) {
      offsetsBackwards.inc();
      LOG.error(
          "Offsets of partition {} go backwards, from {} to {}: cuts of project {} may be wrong."
              + " Was the image topic deleted and created again? Then start with --job.fresh true"
              + " and another kafka.output-topic-prefix.",
          partition,
          before.get(),
          offset,
          change.datasetKey());
    }
  }
}
