package io.relook.client.cli;

import io.relook.client.Models;
import io.relook.client.S3Uri;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelPerformance;
import io.relook.wire.Provenance;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Models as text for people. */
public final class ModelText {
  private ModelText() {}

  /** Everything known about a model, a line for each item. */
  public static String describe(ModelMetadata model) {
    List<List<String>> rows = new ArrayList<>();
    row(rows, "Model", model.getProjectName() + ", version " + model.getModelVersion());
    row(rows, "Status", model.getStatus() + ": " + model.getStatusMessage());
    ModelPerformance performance = model.getPerformance();
    if (performance != null) {
      row(
          rows,
          "Metrics",
          "F1 %s, precision %s, recall %s"
              .formatted(
                  Text.number(performance.getF1Score()),
                  Text.number(performance.getPrecision()),
                  Text.number(performance.getRecall())));
    }
    Provenance provenance = model.getProvenance();
    if (provenance != null) {
      Double rocAuc = provenance.getRocAuc();
      if (rocAuc != null) {
        row(rows, "AUROC", Text.number(rocAuc));
      }
      row(
          rows,
          "Images",
          "%d train, %d test"
              .formatted(provenance.getTrainingImages(), provenance.getTestImages()));
      row(
          rows,
          "Detectors",
          String.join(", ", provenance.getHeads()) + " (" + provenance.getRegime() + ")");
      row(rows, "Threshold", Text.number(provenance.getThreshold()));
    }
    row(rows, "Description", model.getDescription());
    row(rows, "Created", Text.time(model.getCreationTimestamp()));
    Instant evaluated = model.getEvaluationEndTimestamp();
    row(rows, "Evaluated", evaluated == null ? null : Text.time(evaluated));
    row(rows, "Aliases", String.join(", ", model.getAliases()));
    row(
        rows,
        "Tags",
        model.getTags().stream()
            .sorted(Comparator.comparing(Tag::getKey))
            .map(tag -> tag.getKey() + "=" + tag.getValue())
            .collect(Collectors.joining(", ")));
    row(rows, "KMS key", model.getKmsKeyId());
    row(rows, "ARN", model.getModelArn());
    files(model).forEach((name, object) -> row(rows, name, S3Uri.of(object).toString()));
    return Text.table(rows);
  }

  /** The existing files of a model, by the words for them. */
  public static Map<String, S3Object> files(ModelMetadata model) {
    Map<String, S3Object> files = new LinkedHashMap<>();
    put(files, "Model file", model.getModelFile());
    put(files, "Result", model.getEvaluationResult());
    put(files, "Evaluation", model.getEvaluationManifest());
    put(files, "Training set", model.getTrainingManifest());
    put(files, "Report", model.getReport());
    return files;
  }

  static String table(Collection<ModelMetadata> models) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("PROJECT", "VERSION", "STATUS", "F1", "PRECISION", "RECALL", "CREATED", "ALIASES"));
    for (ModelMetadata model : models) {
      ModelPerformance performance = model.getPerformance();
      rows.add(
          List.of(
              model.getProjectName(),
              model.getModelVersion(),
              model.getStatus().name(),
              performance == null ? "-" : Text.number(performance.getF1Score()),
              performance == null ? "-" : Text.number(performance.getPrecision()),
              performance == null ? "-" : Text.number(performance.getRecall()),
              Text.time(model.getCreationTimestamp()),
              String.join(",", model.getAliases())));
    }
    return Text.table(rows);
  }

  /** By account and project, then by version as a number. */
  static Comparator<ModelMetadata> order() {
    return Comparator.comparing(ModelMetadata::getAccount)
        .thenComparing(ModelMetadata::getProjectName)
        .thenComparingLong(Models::versionNumber);
  }

  private static void put(Map<String, S3Object> files, String name, @Nullable S3Object object) {
    if (object != null) {
      files.put(name, object);
    }
  }

  private static void row(List<List<String>> rows, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      rows.add(List.of(name, value));
    }
  }
}
