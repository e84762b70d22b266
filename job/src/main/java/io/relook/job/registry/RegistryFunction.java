package io.relook.job.registry;

import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.Request;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.log.LogContext;
import io.relook.job.quarantine.Quarantine;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.signing.SigningSettings;
import io.relook.job.state.StateUnavailableException;
import io.relook.schemas.Topic;
import io.relook.schemas.signing.SigningKey;
import io.relook.wire.CutMarker;
import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.functions.OpenContext;
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
 * <p>A sweep removes entries that are older than 8 hours of record time. It runs when a command
 * comes, at most once per hour of record time. If an account sends no command, a processing-time
 * timer sweeps. The timer also waits for the longest downtime, because a command in the backlog may
 * still need the entries.
 */
public final class RegistryFunction
    extends KeyedProcessFunction<String, RegistryInput, TopicRecord> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RegistryFunction.class);

  private final RegistrySettings settings;
  private final SigningSettings signing;
  private final TopicRecords topics;
  private final @Nullable QuarantineSettings quarantine;

  private transient Registry registry;
  private transient RegistryMetrics metrics;
  private transient KeyedAccountState state;
  private transient SigningKey signingKey;

  /**
   * @param signing how cut markers are signed
   * @param quarantine quarantine of inputs on which this function fails unexpectedly; null for none
   */
  public RegistryFunction(
      RegistrySettings settings,
      SigningSettings signing,
      @Nullable QuarantineSettings quarantine,
      TopicRecords topics) {
    this.settings = settings;
    this.signing = signing;
    this.quarantine = quarantine;
    this.topics = topics;
  }

  @Override
  public void open(OpenContext context) {
    registry = new Registry(settings);
    metrics = new RegistryMetrics(getRuntimeContext().getMetricGroup());
    state = new KeyedAccountState(getRuntimeContext());
    signingKey = signing.open();
  }

  @Override
  public void processElement(RegistryInput input, Context context, Collector<TopicRecord> out) {
    Optional<Request> request =
        input.match(
            (command, bucket) -> Optional.of(new Request(command, input.origin(), bucket)),
            outcome -> Optional.empty(),
            outcome -> Optional.empty());
    List<RegistryEffect> effects;
    try {
      effects = decide(input);
    } catch (StateUnavailableException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      Quarantine.add(quarantine, input.origin(), e);
      throw e;
    }
    if (request.isPresent()) {
      metrics.decided(
          effects, context.timerService().currentProcessingTime() - request.get().timestamp());
      log(request.get(), effects);
      setSweepTimer(context);
    }
    RegistryEffect.Records records = records(out);
    effects.forEach(effect -> effect.into(records));
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
    if (!state.hasSweepTimer() && state.hasEntriesToSweep()) {
      long at = Retention.timer(context.timerService().currentProcessingTime());
      state.putSweepTimer(at);
      context.timerService().registerProcessingTimeTimer(at);
    }
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<TopicRecord> out) {
    state.clearSweepTimer();
    state.sweep(Retention.sweptByTimer(timestamp));
    setSweepTimer(context);
  }

  private RegistryEffect.Records records(Collector<TopicRecord> out) {
    return new RegistryEffect.Records() {
      @Override
      public void record(Topic topic, SpecificRecord value) {
        out.collect(topics.record(topic, value));
      }

      @Override
      public void tombstone(Topic topic, String key) {
        out.collect(topics.tombstone(topic, key));
      }

      @Override
      public void markers(CutMarker ofPartitionZero) {
        for (int partition = 0; partition < settings.imagePartitions(); partition++) {
          CutMarker marker = CutMarker.newBuilder(ofPartitionZero).setPartition(partition).build();
          out.collect(topics.signed(signingKey, Topic.IMAGES, marker, partition));
        }
      }
    };
  }
}
