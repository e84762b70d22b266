package io.relook.job.dataset;

import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionReason;
import io.relook.job.domain.RetryRequest;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.features.FeatureSettings;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.quarantine.PoisonMessages;
import io.relook.job.quarantine.Quarantine;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.state.RolledBackException;
import io.relook.wire.CutMarker;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs {@link AlignmentBuffer} and {@link DatasetDecisions} on Flink. Key: account/project.
 *
 * <table>
 * <caption>State</caption>
 * <tr><th>name<th>kind<th>bound<th>end of life
 * <tr><td>entries<td>map: source reference → {@link DatasetEntry}<td>images of the project
 *     <td>withdrawal, DeleteDataset
 * <tr><td>unavailable<td>map: source reference → {@link UnavailableImage}<td>images that could not be
 *     read within {@code images.unavailable-for}, {@link UnavailableImage#MAX_KEPT_BYTES} of each
 *     message at most<td>when it can be read, is given up, replaced or withdrawn; DeleteDataset
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
 * <tr><td>waiting<td>map: partition and number → {@link BufferedChange}<td>what arrives while a cut is
 *     waited for, markers too, without the bytes of pictures<td>when the cut is applied
 * <tr><td>queues<td>value: {@link BufferQueues}<td>one<td>when nothing waits
 * <tr><td>buffered<td>list of {@link ImageChange}, of versions before 0.5<td>as waiting
 *     <td>first use after the restore
 * <tr><td>applied-cuts<td>map: cut id → record time<td>cuts of {@link
 *     AlignmentBuffer#CUTS_REMEMBERED_MILLIS}<td>swept with each cut; {@link #FORGET_MILLIS} after
 *     DeleteProject
 * <tr><td>incarnation<td>value: {@link Incarnation}<td>one<td>{@link #FORGET_MILLIS} after
 *     DeleteProject
 * <tr><td>outputs<td>map: model version → where its files were asked for<td>models of the project
 *     <td>DeleteModel, DeleteProject
 * <tr><td>offsets<td>map: partition → offset<td>partitions of the image topic
 *     <td>{@link #FORGET_MILLIS} after DeleteProject
 * <tr><td>changed<td>value: whether an event on relook.datasets is due<td>one<td>when it is sent
 * <tr><td>time-nodes, time-heads, time-links<td>maps: {@link TimeIndex} over entries, unreferenced
 *     and trash<td>as those<td>as those
 * <tr><td>pictures<td>map: digest → {@link PictureUse}<td>pictures of the entries<td>as entries
 * <tr><td>references<td>map: mask or object of a waiting change → count<td>masks of the entries,
 *     waiting changes<td>as those
 * <tr><td>indexed<td>value: whether the indexes are complete<td>one<td>{@link #FORGET_MILLIS} after
 *     DeleteProject
 * <tr><td>forget-at<td>value: processing time<td>one<td>{@link #FORGET_MILLIS} after DeleteProject
 * </table>
 *
 * Processing-time timers gather changes of one interval into one event, run the schedule of
 * erasure, and clean up. No decision about images or commands depends on them.
 *
 * <p>A decision that fails by a defect of relook is rolled back, and its message is rejected: see
 * {@link io.relook.job.quarantine}. A cut that failed counts as applied.
 */
public final class DatasetFunction
    extends KeyedProcessFunction<String, ImageChange, DatasetOutput> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(DatasetFunction.class);

  /**
   * After this time a project that was deleted and not used again leaves nothing behind. Until then
   * a late marker may still come: one that the check takes, read after the longest downtime.
   */
  static final long FORGET_MILLIS =
      AlignmentBuffer.CUTS_REMEMBERED_MILLIS + Duration.ofDays(7).toMillis();

  /** Time after which what is due is tried again, when it failed by a defect. */
  static final long RETRY_MILLIS = 600_000;

  private final DatasetSettings settings;
  private final @Nullable FeatureSettings features;
  private final @Nullable QuarantineSettings quarantine;
  private final TopicRecords topics;
  private final Tags tags;

  private transient DatasetDecisions decisions;
  private transient KeyedDatasetState state;
  private transient Counter imagesApplied;
  private transient Counter imagesBuffered;
  private transient Counter changesRejected;
  private transient Counter offsetsBackwards;
  private transient Counter otherIncarnations;
  private transient Counter decisionsUndone;
  private transient DatasetSizes sizes;
  private transient @Nullable Quarantine quarantined;

  /**
   * Side outputs.
   *
   * @param records messages for the sink
   * @param imports manifests to import
   * @param retries images that could not be read, to be looked at again
   * @param rejected messages that the data set does not take
   */
  public record Tags(
      OutputTag<TopicRecord> records,
      OutputTag<ImportRequest> imports,
      OutputTag<RetryRequest> retries,
      OutputTag<RejectedMessage> rejected)
      implements Serializable {}

  /**
   * @param features how trainings make features now; without, the keys of features stay as images
   *     came with them
   * @param quarantine changes that are in it and waited for a cut are rejected; none without
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
    state = new KeyedDatasetState(getRuntimeContext(), settings.bucket());
    decisions =
        new DatasetDecisions(
            settings,
            features == null ? Optional.empty() : Optional.of(features.keys(features.backbone())),
            topics,
            state);
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    imagesApplied = metrics.counter("imagesApplied");
    imagesBuffered = metrics.counter("imagesWithheld");
    changesRejected = metrics.counter("changesRefused");
    offsetsBackwards = metrics.counter("offsetsBackwards");
    otherIncarnations = metrics.counter("markersOfOtherIncarnations");
    decisionsUndone = metrics.counter("decisionsUndone");
    DatasetSizes described = new DatasetSizes();
    sizes = described;
    metrics.gauge("imagesListed", described::all);
    metrics.gauge("imagesOfLargestProject", described::ofLargest);
    metrics.gauge("imageStateBytes", described::bytes);
    quarantined = quarantine == null ? null : Quarantine.known(quarantine);
  }

  @Override
  public void processElement(ImageChange arrived, Context context, Collector<DatasetOutput> out)
      throws Exception {
    decisions.prepare();
    watchOrder(arrived);
    AlignmentBuffer.offer(
        state.alignments(),
        arrived,
        new AlignmentBuffer.Target() {
          @Override
          public void apply(ImageChange change) {
            DatasetFunction.this.apply(change, context, out);
          }

          @Override
          public void applyCut(ImageChange marker) {
            DatasetFunction.this.applyCut(marker, context, out);
          }

          @Override
          public void buffered(ImageChange change) {
            imagesBuffered.inc();
            decisions.buffered(change);
          }

          @Override
          public void released(ImageChange change) {
            decisions.released(change);
          }

          @Override
          public void otherIncarnation(CutMarker marker) {
            otherIncarnations.inc();
            LOG.warn(
                "The cut {} is of another project that had the name {}: it is ignored",
                marker.getCutId(),
                context.getCurrentKey());
          }
        });
  }

  private void apply(ImageChange change, Context context, Collector<DatasetOutput> out) {
    Optional<RejectionReason> inQuarantine =
        quarantined == null
            ? Optional.empty()
            : quarantined.reason(
                change.origin(),
                Dataset.STAGE,
                change.account(),
                change.project(),
                change.sourceRef());
    if (inQuarantine.isPresent()) {
      reject(change, inQuarantine.get(), context);
      return;
    }
    long now = context.timerService().currentProcessingTime();
    DatasetDecisions.Decision decision;
    try {
      decision = state.orRollBack(() -> decisions.applied(change, now));
    } catch (RolledBackException e) {
      undone(change, change.sourceRef(), e.defect(), context);
      return;
    }
    decision.rejected().ifPresent(reason -> reject(change, reason, context));
    if (decision.rejected().isEmpty() && !change.isRejected()) {
      imagesApplied.inc();
    }
    emit(decision, context, out);
  }

  private void applyCut(ImageChange marker, Context context, Collector<DatasetOutput> out) {
    CutMarker cut = Objects.requireNonNull(marker.cut());
    long now = context.timerService().currentProcessingTime();
    DatasetDecisions.Decision decision;
    try {
      decision = state.orRollBack(() -> decisions.applied(cut, now));
    } catch (RolledBackException e) {
      undone(marker, null, e.defect(), context);
      decision = decisions.undone(cut, e.defect());
    }
    emit(decision, context, out);
  }

  private void emit(
      DatasetDecisions.Decision decision, Context context, Collector<DatasetOutput> out) {
    decision.effects().forEach(effect -> log(effect, context.getCurrentKey()));
    decision.timers().forEach(context.timerService()::registerProcessingTimeTimer);
    decision.outputs().records().forEach(record -> context.output(tags.records(), record));
    decision.outputs().imports().forEach(request -> context.output(tags.imports(), request));
    decision.outputs().retries().forEach(request -> context.output(tags.retries(), request));
    decision.outputs().rejected().forEach(rejected -> context.output(tags.rejected(), rejected));
    decision.outputs().next().forEach(out::collect);
  }

  private void reject(ImageChange change, RejectionReason reason, Context context) {
    changesRejected.inc();
    context.output(tags.rejected(), new RejectedMessage(change.origin(), reason));
  }

  /** Rejects a change or marker on which a decision failed and was rolled back. */
  private void undone(
      ImageChange change, @Nullable String sourceRef, Throwable defect, Context context) {
    LOG.error("Rejected {}, on which relook fails", change.origin().place(), defect);
    decisionsUndone.inc();
    RejectionReason reason =
        PoisonMessages.applying(
            Dataset.STAGE, defect, change.account(), change.project(), sourceRef);
    reject(change, reason, context);
  }

  private static void log(DatasetEffect effect, String project) {
    if (effect instanceof DatasetEffect.CannotTrain cannot) {
      LOG.info("Training {} cannot succeed", cannot.outcome().getModelArn());
    } else if (effect instanceof DatasetEffect.Imports imports) {
      LOG.info("Importing {} into {}", imports.request().manifest(), project);
    } else if (effect instanceof DatasetEffect.Trains trains) {
      TrainingOrder order = trains.order();
      LOG.info(
          "Training {} sees {} images. {}",
          order.model().getModelArn(),
          order.images().size(),
          order.leftOut() == null ? "" : order.leftOut());
    } else if (effect instanceof DatasetEffect.GivesUp givesUp) {
      LOG.info(
          "{} of {} is given up: {}",
          givesUp.rejected().reason().sourceRef(),
          project,
          givesUp.rejected().reason().message());
    }
  }

  /** What is due fails as a decision does, and is tried again later: no message is the cause. */
  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<DatasetOutput> out) {
    decisions.prepare();
    String[] key = context.getCurrentKey().split("/", 2);
    sizes.seen(context.getCurrentKey(), state.images());
    try {
      emit(state.orRollBack(() -> decisions.due(timestamp, key[0], key[1])), context, out);
    } catch (RolledBackException e) {
      LOG.error("What is due in {} failed", context.getCurrentKey(), e.defect());
      decisionsUndone.inc();
      context.timerService().registerProcessingTimeTimer(timestamp + RETRY_MILLIS);
    }
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
