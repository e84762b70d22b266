package io.relook.job.registry;

import io.relook.job.check.QuarantineReply;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.Request;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.log.LogContext;
import io.relook.job.quarantine.PoisonMessages;
import io.relook.job.signing.SigningSettings;
import io.relook.job.state.RolledBackException;
import io.relook.schemas.Topic;
import io.relook.schemas.signing.SigningKey;
import io.relook.wire.Command;
import io.relook.wire.CutMarker;
import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
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
 * <p>A decision that fails by a defect of relook is rolled back, and its input is rejected: see
 * {@link io.relook.job.quarantine}.
 *
 * <p>A sweep removes entries that are older than 8 hours of record time. It runs when a command
 * comes, at most once per hour of record time. If an account sends no command, a processing-time
 * timer sweeps. The timer also waits for the longest downtime, because a command in the backlog may
 * still need the entries.
 *
 * <p>Other timers look for {@linkplain LostEnds lost ends} and decide nothing: they write a record
 * to the topic of outcomes.
 */
public final class RegistryFunction
    extends KeyedProcessFunction<String, RegistryInput, TopicRecord> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RegistryFunction.class);

  /** Stage that rejections name. */
  static final String STAGE = "registry";

  private final RegistrySettings settings;
  private final SigningSettings signing;
  private final TopicRecords topics;
  private final OutputTag<RejectedMessage> rejected;

  private transient Registry registry;
  private transient LostEnds lostEnds;
  private transient RegistryMetrics metrics;
  private transient KeyedAccountState state;
  private transient SigningKey signingKey;

  /**
   * @param signing how cut markers are signed
   * @param rejected where an input goes on which a decision failed
   */
  public RegistryFunction(
      RegistrySettings settings,
      SigningSettings signing,
      TopicRecords topics,
      OutputTag<RejectedMessage> rejected) {
    this.settings = settings;
    this.signing = signing;
    this.topics = topics;
    this.rejected = rejected;
  }

  @Override
  public void open(OpenContext context) {
    registry = new Registry(settings);
    lostEnds = new LostEnds(settings.lostAfter());
    metrics = new RegistryMetrics(getRuntimeContext().getMetricGroup());
    state = new KeyedAccountState(getRuntimeContext());
    signingKey = signing.open();
  }

  /**
   * What was decided.
   *
   * @param records all effects, encoded: encoding is part of the decision, so that a failure of it
   *     is rolled back too
   */
  private record Decision(List<RegistryEffect> effects, List<TopicRecord> records) {}

  @Override
  public void processElement(RegistryInput input, Context context, Collector<TopicRecord> out) {
    Decision decision;
    try {
      decision = state.orRollBack(() -> encoded(decide(input)));
    } catch (RolledBackException e) {
      reject(input, e.defect(), context, out);
      return;
    }
    request(input)
        .ifPresent(
            request -> {
              long now = context.timerService().currentProcessingTime();
              metrics.decided(decision.effects(), now - request.timestamp());
              log(request, decision.effects());
              setSweepTimer(context);
              lostEnds
                  .looks(state, request)
                  .forEach(
                      at -> context.timerService().registerProcessingTimeTimer(at.toEpochMilli()));
            });
    decision.records().forEach(out::collect);
  }

  private static Optional<Request> request(RegistryInput input) {
    return input.match(
        (command, bucket) -> Optional.of(new Request(command, input.origin(), bucket)),
        outcome -> Optional.empty(),
        outcome -> Optional.empty());
  }

  /** Rejects an input on which a decision failed; the sender of a command also gets an answer. */
  private void reject(
      RegistryInput input, Throwable defect, Context context, Collector<TopicRecord> out) {
    LOG.error("Rejected {}, on which relook fails", input.origin().place(), defect);
    metrics.undone();
    context.output(
        rejected,
        new RejectedMessage(
            input.origin(), PoisonMessages.applying(STAGE, defect, input.account(), null, null)));
    Command command = input.command();
    if (command != null) {
      out.collect(topics.record(Topic.REPLIES, QuarantineReply.to(command, input.origin())));
    }
  }

  private static void log(Request request, List<RegistryEffect> effects) {
    try (LogContext context =
        LogContext.project(request.account(), request.project())
            .request(request.requestId())
            .cut(request.origin().place())) {
      LOG.info(
          "{} was {}",
          request.operation().name(),
          RegistryMetrics.isFailure(effects) ? "answered with an exception" : "accepted");
    }
  }

  private List<RegistryEffect> decide(RegistryInput input) {
    return input.match(
        (command, bucket) -> registry.handle(state, new Request(command, input.origin(), bucket)),
        outcome -> registry.onTrainingOutcome(state, outcome),
        outcome ->
            registry.onDatasetOutcome(
                state, outcome, Instant.ofEpochMilli(input.origin().timestamp())));
  }

  private void setSweepTimer(Context context) {
    if (state.sweepTimer().isEmpty() && state.hasEntriesToSweep()) {
      long at = Retention.timer(context.timerService().currentProcessingTime());
      state.putSweepTimer(at);
      context.timerService().registerProcessingTimeTimer(at);
    }
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<TopicRecord> out) {
    if (state.sweepTimer().filter(at -> at == timestamp).isPresent()) {
      state.clearSweepTimer();
      state.sweep(Retention.sweptByTimer(timestamp));
      setSweepTimer(context);
    }
    for (SpecificRecord end :
        lostEnds.at(context.getCurrentKey(), state, Instant.ofEpochMilli(timestamp))) {
      LOG.warn("The end of a training or import is lost: {}", end);
      out.collect(topics.record(Topic.OUTCOMES, end));
    }
  }

  private Decision encoded(List<RegistryEffect> effects) {
    List<TopicRecord> encoded = new ArrayList<>();
    RegistryEffect.Records records = records(encoded);
    effects.forEach(effect -> effect.into(records));
    return new Decision(effects, encoded);
  }

  private RegistryEffect.Records records(List<TopicRecord> out) {
    return new RegistryEffect.Records() {
      @Override
      public void record(Topic topic, SpecificRecord value) {
        out.add(topics.record(topic, value));
      }

      @Override
      public void tombstone(Topic topic, String key) {
        out.add(topics.tombstone(topic, key));
      }

      @Override
      public void markers(CutMarker ofPartitionZero) {
        List<Integer> partitions =
            settings.partitionsOf(
                ProjectKey.of(ofPartitionZero.getAccount(), ofPartitionZero.getProject()));
        for (int partition : partitions) {
          CutMarker marker =
              CutMarker.newBuilder(ofPartitionZero)
                  .setPartition(partition)
                  .setPartitions(partitions.size())
                  .build();
          out.add(topics.signed(signingKey, Topic.IMAGES, marker, partition));
        }
      }
    };
  }
}
