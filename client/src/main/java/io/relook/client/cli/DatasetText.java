package io.relook.client.cli;

import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetImageStats;
import io.relook.wire.DatasetType;
import io.relook.wire.ImportCounts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Data sets as text for people. */
final class DatasetText {
  private DatasetText() {}

  static String name(DatasetType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  /** Everything known about a data set. */
  static String describe(DatasetDescription dataset) {
    DatasetImageStats stats = dataset.getImageStats();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("Data set", dataset.getProjectName() + ", " + name(dataset.getDatasetType())));
    rows.add(List.of("Status", dataset.getStatus() + ": " + dataset.getStatusMessage()));
    rows.add(
        List.of(
            "Images",
            "%d: %d normal, %d anomaly, %d unlabelled"
                .formatted(
                    stats.getTotal(),
                    stats.getNormal(),
                    stats.getAnomaly(),
                    stats.getTotal() - stats.getLabeled())));
    ImportCounts imported = dataset.getLastImport();
    if (imported != null) {
      rows.add(
          List.of(
              "Import",
              "%d lines: %d taken, %d of them unlabelled, %d rejected"
                  .formatted(
                      imported.getLines(),
                      imported.getTaken(),
                      imported.getUnlabelled(),
                      imported.getRejected())));
    }
    if (!dataset.getImagesByDefectClass().isEmpty()) {
      rows.add(
          List.of(
              "Defects",
              new TreeMap<>(dataset.getImagesByDefectClass())
                  .entrySet().stream()
                      .map(count -> count.getKey() + " " + count.getValue())
                      .collect(Collectors.joining(", "))));
    }
    if (dataset.getErasedPictures() > 0) {
      rows.add(List.of("Erased", dataset.getErasedPictures() + " pictures of withdrawn images"));
    }
    rows.add(List.of("Created", Text.time(dataset.getCreationTimestamp())));
    rows.add(List.of("Updated", Text.time(dataset.getLastUpdatedTimestamp())));
    rows.add(List.of("ARN", dataset.getDatasetArn()));
    return Text.table(rows);
  }

  static String table(Collection<DatasetDescription> datasets) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "PROJECT", "DATASET", "STATUS", "TOTAL", "NORMAL", "ANOMALY", "UNLABELLED", "UPDATED"));
    for (DatasetDescription dataset : datasets) {
      DatasetImageStats stats = dataset.getImageStats();
      rows.add(
          List.of(
              dataset.getProjectName(),
              name(dataset.getDatasetType()),
              dataset.getStatus().name(),
              Integer.toString(stats.getTotal()),
              Integer.toString(stats.getNormal()),
              Integer.toString(stats.getAnomaly()),
              Integer.toString(stats.getTotal() - stats.getLabeled()),
              Text.time(dataset.getLastUpdatedTimestamp())));
    }
    return Text.table(rows);
  }
}
