package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.stack.SmallBackbone;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.TestStack;
import io.relook.job.stack.Workload;
import io.relook.learning.backbone.Backbone;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.S3Object;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that is stopped and started with another backbone trains on, from relook's own copies. */
@Tag("slow")
class OtherBackboneIT {

  @Test
  void aJobStartedFromItsSavepointWithAnotherBackboneTrainsOn(
      @TempDir Path directory, @TempDir Path folder) throws Exception {
    Path descriptor = SmallBackbone.write(folder);
    try (TestStack stack = TestStack.start(directory, 2);
        Workload workload = new Workload(stack.connect(), "parts")) {
      stack
          .option("features.area", "4096")
          .option("dataset.minimums", "false")
          .option("access.probe-timeout", "60 s");
      stack.startJob(1);
      workload.createProject();
      for (int i = 0; i < 24; i++) {
        var unused =
            workload.sendImage(
                "image-" + i, i < 16 ? Label.NORMAL : Label.ANOMALY, SmallPictures.png(i));
      }
      workload.flush();
      ModelMetadata bundled = workload.awaitEnd(workload.createModel("bundled"));
      assertThat(bundled.getStatus()).as(bundled.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);

      String savepoint = stack.stopJob();
      stack.option("backbone.descriptor", descriptor.toString());
      stack.startJob(1, Optional.of(savepoint));
      ModelMetadata other = workload.awaitEnd(workload.createModel("other"));

      assertThat(other.getStatus()).as(other.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
      assertThat(other.getProvenance().getBackboneName()).isEqualTo("small");
      assertThat(other.getProvenance().getBackboneDigest())
          .isEqualTo(Backbone.load(descriptor).digest());
      assertThat(other.getProvenance().getTrainingImages())
          .isEqualTo(bundled.getProvenance().getTrainingImages());
      assertThat(other.getProvenance().getExecutionProvider()).isEqualTo("cpu");

      // The images refer to what the new backbone saw: the same manifest again, and nothing to do.
      ModelMetadata next = workload.awaitEnd(workload.createModel("next"));
      assertThat(next.getStatus()).isEqualTo(ModelStatus.TRAINED);
      assertThat(next.getProvenance().getTrainingManifestDigest())
          .isEqualTo(other.getProvenance().getTrainingManifestDigest());
      S3Object file = next.getModelFile();
      assertThat(file.getKey()).isEqualTo("parts/Model-parts-3.onnx");
    }
  }
}
