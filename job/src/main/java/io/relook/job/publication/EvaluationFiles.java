package io.relook.job.publication;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingResult.Metrics;
import io.relook.job.domain.TrainingResult.TestScore;
import io.relook.job.training.TrainingManifest;
import io.relook.wire.ModelMetadata;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The two evaluation files of the contract, with exactly its member names (spec:
 * lookout-for-vision.md §5.5).
 */
final class EvaluationFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EvaluationFiles() {}

  /** The aggregated metrics as JSON; only the five scalars stand under Metrics. */
  static byte[] result(
      ModelMetadata model, Metrics metrics, int trainingImages, int testImages, Instant endedAt) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("Version", 1);
    ObjectNode details = root.putObject("EvaluationDetails");
    details.put("ModelArn", model.getModelArn());
    details.put("EvaluationEndTimestamp", endedAt.toString());
    details.put("NumberOfTrainingImages", trainingImages);
    details.put("NumberOfTestingImages", testImages);
    ObjectNode values = root.putObject("AggregatedEvaluationResults").putObject("Metrics");
    values.put("ROCAUC", metrics.rocAuc());
    values.put("AveragePrecision", metrics.averagePrecision());
    values.put("Precision", metrics.precision());
    values.put("Recall", metrics.recall());
    values.put("F1Score", metrics.f1());
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The evaluation result cannot be written as JSON", e);
    }
  }

  /**
   * JSON Lines, one line for each test image: its ground truth and the result of the model.
   *
   * @param lines the training manifest, by source reference
   */
  static byte[] manifest(
      ModelMetadata model,
      Map<String, TrainingImage> lines,
      List<TestScore> scores,
      double threshold,
      Instant endedAt) {
    StringBuilder text = new StringBuilder();
    for (TestScore score : scores) {
      TrainingImage line = lines.get(score.sourceRef());
      if (line == null) {
        throw new IllegalArgumentException(
            "The training manifest has no line for " + score.sourceRef());
      }
      ObjectNode node = TrainingManifest.annotation(line);
      boolean anomalous = score.score() >= threshold;
      node.put("anomaly-label-detected", anomalous ? 1 : 0);
      ObjectNode detected = node.putObject("anomaly-label-detected-metadata");
      detected.put("class-name", anomalous ? "anomaly" : "normal");
      // Confidence in the stated class. It is not rounded, so the score follows from it.
      detected.put("confidence", anomalous ? score.score() : 1 - score.score());
      detected.put("type", "groundtruth/image-classification");
      detected.put("human-annotated", "no");
      detected.put("creation-date", endedAt.toString());
      detected.put("job-name", "training-job/anomaly-detection");
      detected.put("model-arn", model.getModelArn());
      detected.put("project-name", model.getProjectName());
      detected.put("model-version", model.getModelVersion());
      text.append(node).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
