package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerJobTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void aPathIsRestoredFrom() {
    Configuration settings = new Configuration();
    assertThat(TrainerJob.restores(settings)).isFalse();
    settings.set(StateRecoveryOptions.SAVEPOINT_PATH, "file:///savepoint");
    assertThat(TrainerJob.restores(settings)).isTrue();
  }

  @Test
  void aNewJobManagerInApplicationModeGoesOnFromItsStore() throws Exception {
    Configuration settings = new Configuration();
    settings.set(HighAvailabilityOptions.HA_MODE, "zookeeper");
    settings.set(HighAvailabilityOptions.HA_STORAGE_PATH, directory.toUri().toString());
    settings.set(HighAvailabilityOptions.HA_CLUSTER_ID, "/relook");
    settings.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, "0".repeat(32));
    assertThat(TrainerJob.restores(settings)).as("the first start").isFalse();

    Path store = Files.createDirectories(directory.resolve("relook"));
    Files.writeString(store.resolve("submittedExecutionPlan1"), "");
    assertThat(TrainerJob.restores(settings)).as("no checkpoint yet").isFalse();
    Files.writeString(store.resolve("completedCheckpoint1"), "");
    assertThat(TrainerJob.restores(settings)).as("a later job manager").isTrue();

    settings.removeConfig(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID);
    assertThat(TrainerJob.restores(settings))
        .as("in a session cluster the checkpoint may be another job's")
        .isFalse();
  }

  @Test
  void checkpointsAreIncrementalUnlessTheClusterSaysOtherwise() {
    ReadableConfig chosen = configured(new Configuration());
    assertThat(chosen.get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS)).isTrue();
    assertThat(chosen.get(CheckpointingOptions.CHECKPOINTING_INTERVAL)).hasSeconds(1);
    assertThat(chosen.get(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS)).hasMillis(500);
    assertThat(chosen.get(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS)).isEqualTo(3);

    Configuration given = new Configuration();
    given.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, false);
    given.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    given.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 7);
    chosen = configured(given);
    assertThat(chosen.get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS)).isFalse();
    assertThat(chosen.get(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS)).hasMillis(100);
    assertThat(chosen.get(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS)).isEqualTo(7);
  }

  private static ReadableConfig configured(Configuration given) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(given);
    TrainerJob.configure(env);
    return env.getConfiguration();
  }

  @Test
  void jobsOfOnePipelineHaveNamesOfTheirOwn() {
    assertThat(TrainerJob.name(JobConfig.Pipelines.BOTH)).isEqualTo("relook");
    assertThat(TrainerJob.name(JobConfig.Pipelines.CONTROL)).isEqualTo("relook-control");
    assertThat(TrainerJob.name(JobConfig.Pipelines.DATA)).isEqualTo("relook-data");
  }
}
