package io.relook.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relook.client.ImageSource;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.S3Settings;
import io.relook.job.stack.Log;
import io.relook.job.stack.RealPictures;
import io.relook.job.stack.TestStack;
import io.relook.job.stack.Workload;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.model.DetectionModel;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import io.relook.schemas.Topic;
import io.relook.wire.CommandReply;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.S3Object;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real pictures through the real pipeline: events, stored files and measured scores agree. */
class CookiePipelineIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MIB = 1024 * 1024;

  @Test
  void trainsOnRealPictures(@TempDir Path directory) throws Exception {
    trainsOn("cookie", directory);
  }

  /** {@code RealPicturesTest} trains on these in each build. */
  @Test
  @Tag("slow")
  void trainsOnRealPicturesOfAnotherPart(@TempDir Path directory) throws Exception {
    trainsOn("alien_toy", directory);
  }

  private static void trainsOn(String category, Path directory) throws Exception {
    List<ImageSource> sources = RealPictures.category(category);
    try (TestStack stack = TestStack.start(directory, 3);
        Workload workload = new Workload(stack.connect(), category)) {
      stack.startJob(2);
      workload.createProject();
      workload.sendAll(sources);
      CommandReply reply = workload.createModel("token-1");
      ModelMetadata model = workload.awaitEnd(reply);

      assertThat(model.getStatusMessage()).isEqualTo("Training completed successfully.");
      List<ModelMetadata> events =
          Log.records(workload.relook(), Topic.MODELS, ModelMetadata.class);
      assertThat(events)
          .extracting(ModelMetadata::getStatus)
          .containsExactly(ModelStatus.TRAINING, ModelStatus.TRAINED);
      try (ObjectStore store =
          new S3Settings(stack.s3().endpoint(), stack.s3().region(), true).open()) {
        List<JsonNode> lines = lines(store.get(model.getEvaluationManifest(), MIB));
        List<ImageScore> scores = scores(lines);
        metricsAgree(model, scores, JSON.readTree(store.get(model.getEvaluationResult(), MIB)));
        fileScoresAsReported(store, model, scores, sources);
        assertThat(new String(store.get(model.getReport(), 3 * MIB), UTF_8))
            .contains("defective test pictures", "data:image/jpeg;base64,", "</html>");
        assertThat(model.getProvenance().getRocAuc()).isGreaterThanOrEqualTo(0.97);
      }
    }
  }

  private static void metricsAgree(ModelMetadata model, List<ImageScore> scores, JsonNode result) {
    Evaluation again = Evaluator.evaluate(scores, model.getProvenance().getThreshold());
    JsonNode metrics = result.at("/AggregatedEvaluationResults/Metrics");
    assertThat(metrics.path("F1Score").doubleValue()).isCloseTo(again.f1(), within(1e-12));
    assertThat(metrics.path("Precision").doubleValue()).isCloseTo(again.precision(), within(1e-12));
    assertThat(metrics.path("Recall").doubleValue()).isCloseTo(again.recall(), within(1e-12));
    assertThat(metrics.path("ROCAUC").doubleValue()).isCloseTo(again.rocAuc(), within(1e-12));
    assertThat(metrics.path("AveragePrecision").doubleValue())
        .isCloseTo(again.averagePrecision(), within(1e-12));
    assertThat(metrics).hasSize(5);
    assertThat(model.getPerformance().getF1Score())
        .isEqualTo(metrics.path("F1Score").doubleValue());
    assertThat(model.getPerformance().getRecall()).isEqualTo(metrics.path("Recall").doubleValue());
    assertThat(model.getPerformance().getPrecision())
        .isEqualTo(metrics.path("Precision").doubleValue());
    JsonNode details = result.path("EvaluationDetails");
    assertThat(details.path("ModelArn").textValue()).isEqualTo(model.getModelArn());
    assertThat(details.path("NumberOfTestingImages").intValue()).isEqualTo(scores.size());
    assertThat(details.path("EvaluationEndTimestamp").textValue())
        .isEqualTo(model.getEvaluationEndTimestamp().toString());
  }

  private static void fileScoresAsReported(
      ObjectStore store, ModelMetadata model, List<ImageScore> scores, List<ImageSource> sources)
      throws Exception {
    Map<String, Path> files = new HashMap<>();
    for (ImageSource source : sources) {
      files.put(source.sourceRef(), ((ImageSource.Content.LocalFile) source.picture()).path());
    }
    PictureDecoder decoder = new PictureDecoder(PictureLimits.DEFAULT);
    S3Object file = model.getModelFile();
    try (DetectionModel onnx = DetectionModel.open(store.get(file, 100 * MIB), 2)) {
      for (ImageScore score : scores) {
        byte[] picture = Files.readAllBytes(files.get(score.id()));
        double again = onnx.detect(decoder.decode(picture)).score();
        assertThat(Math.abs(again - score.score()) / score.score())
            .as("relative difference of %s", score.id())
            .isLessThan(1e-4);
      }
    }
  }

  private static List<ImageScore> scores(List<JsonNode> lines) {
    List<ImageScore> scores = new ArrayList<>();
    for (JsonNode line : lines) {
      double confidence = line.at("/anomaly-label-detected-metadata/confidence").doubleValue();
      boolean detected = line.path("anomaly-label-detected").intValue() == 1;
      scores.add(
          new ImageScore(
              line.path("source-ref").textValue(),
              line.path("anomaly-label").intValue() == 1,
              detected ? confidence : 1 - confidence));
    }
    return scores;
  }

  private static List<JsonNode> lines(byte[] jsonLines) throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : new String(jsonLines, UTF_8).split("\n")) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }
}
