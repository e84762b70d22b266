package io.relook.job.publication;

import io.relook.wire.ModelMetadata;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;

/**
 * Locations of a model's files. The prefix and the name are joined as they are, without an added
 * slash (spec: lookout-for-vision.md §5.5). Keys follow from the model alone, so writing twice is
 * harmless.
 */
final class FileNames {
  private final S3Location location;
  private final String suffix;

  FileNames(ModelMetadata model) {
    this.location = model.getOutputConfig().getS3Location();
    this.suffix = "-" + model.getProjectName() + "-" + model.getModelVersion();
  }

  S3Object evaluationResult() {
    return named("EvaluationResult" + suffix + ".json");
  }

  S3Object evaluationManifest() {
    return named("EvaluationManifest" + suffix + ".json");
  }

  S3Object model() {
    return named("Model" + suffix + ".onnx");
  }

  S3Object trainingManifest() {
    return named("TrainingManifest" + suffix + ".json");
  }

  S3Object report() {
    return named("Report" + suffix + ".html");
  }

  private S3Object named(String name) {
    return new S3Object(location.getBucket(), location.getPrefix() + name, null);
  }
}
