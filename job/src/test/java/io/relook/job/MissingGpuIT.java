package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.stack.TestStack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that wants a GPU where there is none ends, and says what to do. */
class MissingGpuIT {

  @Test
  void aJobThatWantsCudaWhereThereIsNoneEndsWithTheSentence(@TempDir Path directory) {
    try (TestStack stack =
        TestStack.start(directory, 1).option("onnx.execution-provider", "cuda")) {
      StreamExecutionEnvironment env = stack.flink().environment(1, Optional.empty());
      TrainerJob.build(env, stack.options());
      JobID job = stack.flink().submit(env, "wants-a-gpu");

      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .alias("the job has ended")
          .until(() -> stack.flink().status(job) == JobStatus.FAILED);
      assertThat(stack.flink().failure(job).orElse(""))
          .contains("has no CUDA provider: use the artifact onnxruntime_gpu")
          .contains("Or choose auto or cpu instead of cuda.");
    }
  }
}
