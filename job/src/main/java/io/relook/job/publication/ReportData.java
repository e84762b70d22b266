package io.relook.job.publication;

import io.relook.job.domain.Split;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult.Success;
import io.relook.job.domain.TrainingResult.TestScore;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.report.Report;
import io.relook.learning.report.Report.Suspect;
import io.relook.learning.report.Report.TestedPicture;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.Provenance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Collects the data of the report of a training. Pure. */
final class ReportData {

  private ReportData() {}

  /**
   * @param lines the training manifest, by source reference
   * @param card metadata of the model file
   */
  static Report training(
      TrainingRequest request,
      Success success,
      Map<String, TrainingImage> lines,
      Map<String, String> card,
      Provenance provenance) {
    ModelMetadata model = request.model();
    List<TestedPicture> tested = new ArrayList<>();
    for (TestScore score : success.test().scores()) {
      TrainingImage line = lines.get(score.sourceRef());
      if (line == null) {
        throw new IllegalArgumentException(
            "The training manifest has no line for " + score.sourceRef());
      }
      tested.add(
          new TestedPicture(
              new ImageScore(score.sourceRef(), isAnomalous(line), score.score()),
              Optional.ofNullable(line.annotation().defectClass())));
    }
    return new Report(
        new Report.Model(
            model.getProjectName(),
            model.getModelVersion(),
            Instant.ofEpochMilli(success.run().trainedAt()),
            success.fit().threshold(),
            success.fit().detectors(),
            card),
        new Report.Training(
            training(lines, false),
            training(lines, true),
            success.fit().mode(),
            success.fit().suspectedLabels().stream().map(id -> new Suspect(id, "good")).toList()),
        tested,
        facts(model, provenance));
  }

  private static int training(Map<String, TrainingImage> lines, boolean anomalous) {
    return (int)
        lines.values().stream()
            .filter(line -> line.split() == Split.TRAIN && isAnomalous(line) == anomalous)
            .count();
  }

  private static boolean isAnomalous(TrainingImage line) {
    return line.annotation().label() == Label.ANOMALY;
  }

  private static Map<String, String> facts(ModelMetadata model, Provenance provenance) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Model", model.getModelArn());
    facts.put("Model file, SHA-256", provenance.getModelFileDigest());
    facts.put("Training manifest, SHA-256", provenance.getTrainingManifestDigest());
    facts.put("Backbone", provenance.getBackboneName());
    facts.put("Backbone, SHA-256", provenance.getBackboneDigest());
    facts.put("Pixels the backbone sees", String.valueOf(provenance.getInputArea()));
    facts.put("Seed", String.valueOf(provenance.getSeed()));
    facts.put("Execution provider", provenance.getExecutionProvider());
    facts.put(
        "Training took",
        String.format(Locale.ROOT, "%.1f s", provenance.getTrainingMillis() / 1000.0));
    String leftOut = provenance.getSettings().get("training.left-out");
    if (leftOut != null) {
      facts.put("Left out", leftOut);
    }
    facts.put("relook", provenance.getRelookVersion());
    facts.put("Runtime", provenance.getRuntime());
    return facts;
  }
}
