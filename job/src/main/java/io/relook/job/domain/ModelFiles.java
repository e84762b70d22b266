package io.relook.job.domain;

import io.relook.wire.ModelMetadata;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;

/**
 * Locations of a model's files. The prefix and the name are joined as they are, without an added
 * slash (spec: lookout-for-vision.md §5.5). Keys follow from the model alone, so writing twice is
 * harmless.
 */
public final class ModelFiles {
  private final S3Location location;
  private final String suffix;

  /**
   * @param location where CreateModel asked for them
   */
  public ModelFiles(S3Location location, String project, String version) {
    this.location = location;
    this.suffix = "-" + project + "-" + version;
  }

  /** The files of a model. */
  public static ModelFiles of(ModelMetadata model) {
    return new ModelFiles(
        model.getOutputConfig().getS3Location(), model.getProjectName(), model.getModelVersion());
  }

  public S3Object evaluationResult() {
    return named("EvaluationResult" + suffix + ".json");
  }

  public S3Object evaluationManifest() {
    return named("EvaluationManifest" + suffix + ".json");
  }

  public S3Object model() {
    return named("Model" + suffix + ".onnx");
  }

  public S3Object trainingManifest() {
    return named("TrainingManifest" + suffix + ".json");
  }

  public S3Object report() {
    return named("Report" + suffix + ".html");
  }

  private S3Object named(String name) {
    return new S3Object(location.getBucket(), location.getPrefix() + name, null);
  }
}
