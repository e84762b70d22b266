package io.relook.job.stack;

import io.relook.embedded.EmbeddedFlink;
import io.relook.job.TrainerJob;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The job on a stack, of which there is one at most. */
final class StackJob {
  private final EmbeddedFlink flink;
  private @Nullable JobID id;

  StackJob(EmbeddedFlink flink) {
    this.flink = flink;
  }

  JobID start(StreamExecutionEnvironment env, Map<String, String> options, String name) {
    TrainerJob.build(env, options);
    JobID started = flink.submit(env, name);
    id = started;
    return started;
  }

  boolean runs() {
    return id != null;
  }

  JobID running() {
    if (id == null) {
      throw new IllegalStateException("No job runs");
    }
    return id;
  }

  String stop() {
    String savepoint = flink.stopWithSavepoint(running());
    id = null;
    return savepoint;
  }

  /** Ends the job right after a savepoint, before what it wrote is committed. */
  String crashBeforeCommit() throws Exception {
    String savepoint =
        flink
            .cluster()
            .triggerSavepoint(
                running(), flink.savepointDirectory(), true, SavepointFormatType.CANONICAL)
            .get();
    awaitEnd();
    return savepoint;
  }

  /** Ends the job, its transactions left open. */
  void cancel() {
    flink.cancel(running());
    awaitEnd();
  }

  private void awaitEnd() {
    JobID ending = running();
    Awaitility.await()
        .alias("the job is gone")
        .until(() -> flink.status(ending).isGloballyTerminalState());
    id = null;
  }
}
