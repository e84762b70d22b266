package io.relook.job.dataset;

import io.relook.job.domain.Split;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.S3Location;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A data set's memory without Flink. */
final class InMemoryDatasetState implements DatasetState {
  final Map<String, DatasetEntry> entries = new HashMap<>();
  final Map<String, Split> splits = new HashMap<>();
  final Map<DatasetType, DatasetCounts> counts = new EnumMap<>(DatasetType.class);
  final Map<DatasetType, String> deletions = new EnumMap<>(DatasetType.class);
  final Map<String, S3Location> outputs = new HashMap<>();
  final Map<String, ImportTally> tallies = new HashMap<>();
  final Map<String, UnavailableImage> unavailable = new HashMap<>();
  final Map<String, DatasetType> left = new HashMap<>();

  @Override
  public Optional<DatasetEntry> entry(String sourceRef) {
    return Optional.ofNullable(entries.get(sourceRef));
  }

  @Override
  public Iterable<DatasetEntry> newestFirst(DatasetType dataset, Label label) {
    return entries.values().stream()
        .filter(entry -> entry.annotation().dataset() == dataset)
        .filter(entry -> entry.annotation().label() == label)
        .sorted(Comparator.comparingLong(DatasetEntry::updatedAt).reversed())
        .toList();
  }

  @Override
  public void put(DatasetEntry entry) {
    entries.put(entry.sourceRef(), entry);
  }

  @Override
  public void remove(String sourceRef) {
    entries.remove(sourceRef);
  }

  @Override
  public Optional<UnavailableImage> unavailable(String sourceRef) {
    return Optional.ofNullable(unavailable.get(sourceRef));
  }

  @Override
  public Iterable<UnavailableImage> unavailable() {
    return List.copyOf(unavailable.values());
  }

  @Override
  public void put(UnavailableImage image) {
    unavailable.put(image.sourceRef(), image);
  }

  @Override
  public void removeUnavailable(String sourceRef) {
    unavailable.remove(sourceRef);
  }

  @Override
  public Optional<Split> splitOfBytes(String digest) {
    return Optional.ofNullable(splits.get(digest));
  }

  @Override
  public void rememberSplit(String digest, Split split) {
    splits.merge(digest, split, (old, young) -> old == Split.TRAIN ? Split.TRAIN : young);
  }

  @Override
  public void forgetSplits() {
    splits.clear();
  }

  @Override
  public Optional<DatasetCounts> counts(DatasetType dataset) {
    return Optional.ofNullable(counts.get(dataset));
  }

  @Override
  public void put(DatasetType dataset, DatasetCounts changed) {
    counts.put(dataset, changed);
  }

  @Override
  public void removeCounts(DatasetType dataset) {
    counts.remove(dataset);
  }

  @Override
  public Optional<String> lastDeletion(DatasetType dataset) {
    return Optional.ofNullable(deletions.get(dataset));
  }

  @Override
  public void putLastDeletion(DatasetType dataset, String cutId) {
    deletions.put(dataset, cutId);
  }

  @Override
  public Optional<S3Location> output(String modelVersion) {
    return Optional.ofNullable(outputs.get(modelVersion));
  }

  @Override
  public void putOutput(String modelVersion, S3Location location) {
    outputs.put(modelVersion, location);
  }

  @Override
  public void removeOutput(String modelVersion) {
    outputs.remove(modelVersion);
  }

  @Override
  public void removeOutputs() {
    outputs.clear();
  }

  @Override
  public Optional<ImportTally> tally(String importId) {
    return Optional.ofNullable(tallies.get(importId));
  }

  @Override
  public void putTally(String importId, ImportTally tally) {
    tallies.put(importId, tally);
  }

  @Override
  public void removeTally(String importId) {
    tallies.remove(importId);
  }

  @Override
  public void unreferenced(DatasetType dataset, String objectKey) {
    left.put(objectKey, dataset);
  }
}
