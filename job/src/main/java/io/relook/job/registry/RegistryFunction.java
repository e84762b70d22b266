package io.relook.job.registry;

import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.state.StateAccess;
import io.relook.schemas.Topic;
import io.relook.wire.CutMarker;
import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Runs {@link Registry} on Flink. Key: account.
 *
 * <table>
 * <caption>State</caption>
 * <tr><th>name<th>kind<th>bound<th>end of life
 * <tr><td>projects<td>map: name → {@link Project}<td>projects of the account<td>with the project
 * <tr><td>models<td>map: ARN → {@link ModelMetadata}<td>models of the account<td>with the model
 * <tr><td>answered<td>map: scoped client token → {@link Answered}<td>commands admitted in 9 hours
 *     <td>8 hours of record time after the command, swept once an hour of record time
 * <tr><td>swept<td>value: hour of record time of the last sweep<td>one<td>never
 * <tr><td>early-outcomes<td>map: ARN → {@link TrainingOutcome}<td>trainings that a replay sees end
 *     before their command<td>when the command comes
 * </table>
 */
public final class RegistryFunction
    extends KeyedProcessFunction<String, RegistryInput, TopicRecord> {
  private static final long serialVersionUID = 1L;
  private static final long HOUR = 3_600_000L;

  private final String region;
  private final int imagePartitions;
  private final TopicRecords topics;

  private transient Registry registry;
  private transient KeyedState state;

  public RegistryFunction(String region, int imagePartitions, TopicRecords topics) {
    this.region = region;
    this.imagePartitions = imagePartitions;
    this.topics = topics;
  }

  @Override
  public void open(OpenContext context) {
    registry = new Registry(region, imagePartitions);
    state =
        new KeyedState(
            getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("projects", String.class, Project.class)),
            getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("models", String.class, ModelMetadata.class)),
            getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("answered", String.class, Answered.class)),
            getRuntimeContext().getState(new ValueStateDescriptor<>("swept", Long.class)),
            getRuntimeContext()
                .getMapState(
                    new MapStateDescriptor<>(
                        "early-outcomes", String.class, TrainingOutcome.class)));
  }

  @Override
  public void processElement(RegistryInput input, Context context, Collector<TopicRecord> out) {
    List<Announcement> announcements;
    if (input.command() != null) {
      announcements = registry.judge(state, input.command(), input.origin());
    } else if (input.outcome() != null) {
      announcements = registry.ended(state, input.outcome());
    } else {
      throw new IllegalStateException("An input of the registry has a command or an outcome");
    }
    for (Announcement announcement : announcements) {
      announce(announcement, out);
    }
  }

  private void announce(Announcement announcement, Collector<TopicRecord> out) {
    if (announcement instanceof Announcement.Reply reply) {
      out.collect(topics.record(Topic.REPLIES, reply.reply()));
    } else if (announcement instanceof Announcement.Model model) {
      out.collect(topics.record(Topic.MODELS, model.model()));
    } else if (announcement instanceof Announcement.NewProject project) {
      out.collect(topics.record(Topic.PROJECTS, project.project()));
    } else if (announcement instanceof Announcement.Cut cut) {
      for (int partition = 0; partition < imagePartitions; partition++) {
        CutMarker marker = CutMarker.newBuilder(cut.marker()).setPartition(partition).build();
        out.collect(topics.record(Topic.IMAGES, marker, partition));
      }
    }
  }

  /** The state of the account at hand. */
  private record KeyedState(
      MapState<String, Project> projects,
      MapState<String, ModelMetadata> models,
      MapState<String, Answered> answered,
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
    public Optional<ModelMetadata> model(String arn) {
      return StateAccess.read(() -> models.get(arn));
    }

    @Override
    public void put(ModelMetadata model) {
      StateAccess.write(() -> models.put(model.getModelArn(), model));
    }

    @Override
    public Optional<Answered> answered(String scopedToken) {
      return StateAccess.read(() -> answered.get(scopedToken));
    }

    @Override
    public void remember(String scopedToken, Answered answer) {
      StateAccess.write(() -> answered.put(scopedToken, answer));
    }

    @Override
    public void forgetAnsweredBefore(long timestamp) {
      StateAccess.write(
          () -> {
            long hour = timestamp / HOUR;
            Long last = swept.value();
            if (last != null && last >= hour) {
              return;
            }
            swept.update(hour);
            List<String> expired = new ArrayList<>();
            for (Map.Entry<String, Answered> entry : answered.entries()) {
              if (entry.getValue().timestamp() < hour * HOUR) {
                expired.add(entry.getKey());
              }
            }
            for (String scopedToken : expired) {
              answered.remove(scopedToken);
            }
          });
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
