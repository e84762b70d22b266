package io.relook.job.publication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relook.job.contract.Contract;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.ModelFiles;
import io.relook.job.domain.Split;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingResult.Metrics;
import io.relook.job.domain.TrainingResult.TestScore;
import io.relook.job.training.SmallTraining;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ModelMetadata MODEL = SmallTraining.model("k_fold_", null);
  private static final TrainingImage LINE =
      new TrainingImage(
          "s3://theirs/a.png",
          Split.TEST,
          new Annotation(
              Label.ANOMALY, "scratch", DatasetType.TRAIN, "auto-label", true, "2026", "job"),
          new StoredPicture("d", "b", "k", 64, 64, "f"),
          null);

  @Test
  @Contract("FILE-RESULT")
  void theResultHasTheMembersOfTheContractAndNoOthers() throws Exception {
    JsonNode result =
        JSON.readTree(
            EvaluationFiles.result(
                MODEL, new Metrics(0.9, 0.8, 0.7, 0.6, 0.65), 66, 34, SmallTraining.NOW));

    assertThat(result)
        .isEqualTo(
            JSON.readTree(
                """
                {"Version": 1,
                 "EvaluationDetails": {
                   "ModelArn": "arn:aws:lookoutvision:us-east-1:123456789012:model/bolts/3",
                   "EvaluationEndTimestamp": "2026-11-23T12:00:00.123Z",
                   "NumberOfTrainingImages": 66,
                   "NumberOfTestingImages": 34},
                 "AggregatedEvaluationResults": {"Metrics": {
                   "ROCAUC": 0.9, "AveragePrecision": 0.8, "Precision": 0.7, "Recall": 0.6,
                   "F1Score": 0.65}}}
                """));
  }

  @Test
  @Contract("FILE-MANIFEST")
  void aLineHoldsTheGroundTruthAndThePrediction() throws Exception {
    String line = manifest(0.75);

    assertThat(JSON.readTree(line))
        .isEqualTo(
            JSON.readTree(
                """
                {"source-ref": "s3://theirs/a.png",
                 "auto-label": 1,
                 "auto-label-metadata": {"class-name": "anomaly",
                   "type": "groundtruth/image-classification", "human-annotated": "yes",
                   "creation-date": "2026", "job-name": "job"},
                 "anomaly-label-detected": 1,
                 "anomaly-label-detected-metadata": {"class-name": "anomaly", "confidence": 0.75,
                   "type": "groundtruth/image-classification", "human-annotated": "no",
                   "creation-date": "2026-11-23T12:00:00.123Z",
                   "job-name": "training-job/anomaly-detection",
                   "model-arn": "arn:aws:lookoutvision:us-east-1:123456789012:model/bolts/3",
                   "project-name": "bolts", "model-version": "3"}}
                """));
  }

  @Test
  @Contract("FILE-CONFIDENCE")
  void aNormalPredictionStatesTheConfidenceInNormal() throws Exception {
    JsonNode line = JSON.readTree(manifest(0.25));

    assertThat(line.path("anomaly-label-detected").intValue()).isZero();
    assertThat(line.path("anomaly-label-detected-metadata").path("class-name").textValue())
        .isEqualTo("normal");
    assertThat(line.path("anomaly-label-detected-metadata").path("confidence").doubleValue())
        .isEqualTo(0.75);
  }

  @Test
  void aScoreAtTheThresholdIsAnAnomaly() throws Exception {
    assertThat(JSON.readTree(manifest(0.5)).path("anomaly-label-detected").intValue()).isOne();
  }

  @Test
  @Contract("FILE-KEYS")
  void thePrefixIsConcatenatedAsItIs() {
    ModelFiles names = ModelFiles.of(MODEL);

    assertThat(
            List.of(
                names.evaluationResult().getKey(),
                names.evaluationManifest().getKey(),
                names.model().getKey(),
                names.trainingManifest().getKey(),
                names.report().getKey()))
        .containsExactly(
            "k_fold_EvaluationResult-bolts-3.json",
            "k_fold_EvaluationManifest-bolts-3.json",
            "k_fold_Model-bolts-3.onnx",
            "k_fold_TrainingManifest-bolts-3.json",
            "k_fold_Report-bolts-3.html");
    assertThat(ModelFiles.of(SmallTraining.model("", null)).model().getKey())
        .isEqualTo("Model-bolts-3.onnx");
  }

  private static String manifest(double score) {
    return new String(
        EvaluationFiles.manifest(
            MODEL,
            Map.of(LINE.sourceRef(), LINE),
            List.of(new TestScore(LINE.sourceRef(), score)),
            0.5,
            SmallTraining.NOW),
        UTF_8);
  }
}
