package io.relook.job.dataset;

import io.relook.job.dataset.ErasureState.Stage;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import java.util.Objects;

/**
 * What is found without reading all images of a project: images by data set, label and record time;
 * objects that await erasure by the time they are due; images by the objects they refer to. Pure.
 */
record DatasetIndex(TimeIndex times, ObjectReferences references) {
  private static final int LABELS = Label.values().length;
  private static final int IMAGE_GROUPS = DatasetType.values().length * LABELS;

  void add(DatasetEntry entry) {
    times.add(group(entry), entry.updatedAt(), entry.sourceRef());
    references.add(entry);
  }

  void remove(DatasetEntry entry) {
    times.remove(group(entry), entry.updatedAt(), entry.sourceRef());
    references.remove(entry);
  }

  /** An entry takes the place of another of the same image. */
  void replace(DatasetEntry before, DatasetEntry after) {
    if (group(before) != group(after) || before.updatedAt() != after.updatedAt()) {
      times.remove(group(before), before.updatedAt(), before.sourceRef());
      times.add(group(after), after.updatedAt(), after.sourceRef());
    }
    if (!before.picture().equals(after.picture()) || !Objects.equals(before.mask(), after.mask())) {
      references.add(after);
      references.remove(before);
    }
  }

  /** Source references, the newest first. */
  Iterable<String> newestFirst(DatasetType dataset, Label label) {
    return times.newestFirst(group(dataset, label));
  }

  void add(Stage stage, String objectKey, DueErasure due) {
    times.add(group(stage), due.dueAt(), objectKey);
  }

  void remove(Stage stage, String objectKey, DueErasure due) {
    times.remove(group(stage), due.dueAt(), objectKey);
  }

  /** Keys of objects, the first that is due first. */
  Iterable<String> firstDue(Stage stage) {
    return times.oldestFirst(group(stage));
  }

  private static int group(DatasetEntry entry) {
    return group(entry.annotation().dataset(), entry.annotation().label());
  }

  private static int group(DatasetType dataset, Label label) {
    return dataset.ordinal() * LABELS + label.ordinal();
  }

  private static int group(Stage stage) {
    return IMAGE_GROUPS + stage.ordinal();
  }
}
