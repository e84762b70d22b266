package io.relook.job.dataset;

import io.relook.job.domain.Annotation;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportedLine;
import io.relook.job.domain.Mask;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.domain.StoredPicture;
import io.relook.schemas.Excerpt;
import io.relook.wire.DatasetType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a project's data set does with an image, a label or a withdrawal: {@code (input, state) →
 * outcome}. A later message with the same source reference replaces the earlier one.
 */
final class Dataset {
  static final String STAGE = "dataset";

  private final DatasetSettings settings;

  Dataset(DatasetSettings settings) {
    this.settings = settings;
  }

  /**
   * Applies a change that is not a cut. The result says why the change is rejected; it is empty
   * when the change was applied.
   */
  Optional<RejectionReason> apply(DatasetState state, ImageChange change) {
    long at = change.origin().timestamp();
    Optional<DatasetEntry> known = state.entry(change.sourceRef());
    Annotation annotation = change.annotation();
    if (annotation == null) {
      Optional<UnavailableImage> waiting = state.unavailable(change.sourceRef());
      if (known.isEmpty() && waiting.isEmpty()) {
        return unknown(change, "withdraw");
      }
      known.ifPresent(entry -> remove(state, change.datasetKey(), entry, at));
      waiting.ifPresent(image -> remove(state, change.datasetKey(), image, at));
      return Optional.empty();
    }
    Optional<RejectionReason> reason = applyImage(state, change, annotation, known, at);
    tally(state, change, annotation, reason);
    return reason;
  }

  /** Counts an image of an import. */
  static void tally(
      DatasetState state,
      ImageChange change,
      Annotation annotation,
      Optional<RejectionReason> rejected) {
    ImportedLine line = annotation.importedLine();
    if (line == null) {
      return;
    }
    ImportTally before = state.tally(line.importId()).orElse(ImportTally.NONE);
    Optional<String> sentence =
        rejected.map(RejectionReason::message).or(() -> Optional.ofNullable(line.rejection()));
    state.putTally(
        line.importId(),
        sentence.isPresent()
            ? before.rejected(change.sourceRef(), sentence.get())
            : before.taken(annotation.label()));
  }

  private Optional<RejectionReason> applyImage(
      DatasetState state,
      ImageChange change,
      Annotation annotation,
      Optional<DatasetEntry> known,
      long at) {
    if (change.isRejected()) {
      return Optional.empty();
    }
    Optional<UnavailableImage> waiting = state.unavailable(change.sourceRef());
    StoredPicture picture = change.picture();
    if (picture == null) {
      if (waiting.isPresent()) {
        return labelWaiting(state, change, annotation, waiting.get(), at);
      }
      if (known.isEmpty()) {
        return unknown(change, "label");
      }
      picture = known.get().picture();
    }
    Mask mask = change.mask();
    Optional<RejectionReason> reason =
        mask != null && !mask.fits(picture)
            ? Optional.of(reason(change, RejectionCode.INVALID_MASK, mask.misfit(picture)))
            : tooManyClasses(state, change, annotation);
    if (reason.isPresent()) {
      // Its picture is stored already, and maybe no image refers to it.
      ownObjects(change).forEach(key -> state.unreferenced(annotation.dataset(), key));
      return reason;
    }
    DatasetEntry entry =
        new DatasetEntry(
            change.sourceRef(),
            annotation.kept(),
            picture,
            known
                .map(DatasetEntry::createdAt)
                .or(() -> waiting.map(image -> image.kept().createdAt()))
                .orElse(at),
            at,
            known
                .map(DatasetEntry::split)
                .or(() -> waiting.map(image -> image.kept().split()))
                .orElse(null),
            mask);
    Set<String> referred = Set.copyOf(ownObjects(change.datasetKey(), entry));
    waiting.ifPresent(image -> leave(state, change.datasetKey(), image, at, referred));
    known.ifPresent(before -> uncount(state, before.annotation(), at));
    state.put(entry);
    count(state, entry.annotation(), at);
    known.ifPresent(
        before -> {
          List<String> kept = ownObjects(change.datasetKey(), entry);
          ownObjects(change.datasetKey(), before).stream()
              .filter(key -> !kept.contains(key))
              .forEach(key -> state.unreferenced(before.annotation().dataset(), key));
        });
    return Optional.empty();
  }

  /**
   * Removes an entry.
   *
   * @param project account/project
   */
  void remove(DatasetState state, String project, DatasetEntry entry, long at) {
    leave(state, project, entry, at, Set.of());
  }

  /**
   * Removes an entry, but not the objects that are still referred to.
   *
   * @param project account/project
   */
  void leave(
      DatasetState state, String project, DatasetEntry entry, long at, Set<String> referred) {
    uncount(state, entry.annotation(), at);
    state.remove(entry.sourceRef());
    ownObjects(project, entry).stream()
        .filter(key -> !referred.contains(key))
        .forEach(key -> state.unreferenced(entry.annotation().dataset(), key));
  }

  /** A label for an image that cannot be read: it counts when the image can. */
  private Optional<RejectionReason> labelWaiting(
      DatasetState state,
      ImageChange change,
      Annotation annotation,
      UnavailableImage image,
      long at) {
    Optional<RejectionReason> reason = tooManyClasses(state, change, annotation);
    if (reason.isPresent()) {
      return reason;
    }
    uncount(state, image.annotation(), at);
    UnavailableImage labelled = image.labelled(annotation.kept(), change.mask());
    state.put(labelled);
    count(state, labelled.annotation(), at);
    return Optional.empty();
  }

  /**
   * Removes an image that cannot be read.
   *
   * @param project account/project
   */
  void remove(DatasetState state, String project, UnavailableImage image, long at) {
    leave(state, project, image, at, Set.of());
  }

  /**
   * Removes an image that cannot be read, but not the objects that are still referred to.
   *
   * @param project account/project
   */
  void leave(
      DatasetState state, String project, UnavailableImage image, long at, Set<String> referred) {
    uncount(state, image.annotation(), at);
    state.removeUnavailable(image.sourceRef());
    ownObjects(project, image).stream()
        .filter(key -> !referred.contains(key))
        .forEach(key -> state.unreferenced(image.annotation().dataset(), key));
  }

  /** Keys of the objects in relook's own bucket that an image which cannot be read refers to. */
  List<String> ownObjects(String project, UnavailableImage image) {
    return ownObjects(project, image.kept().picture(), image.kept().mask());
  }

  /**
   * Keys of the objects in relook's own bucket that an entry refers to.
   *
   * @param project account/project
   */
  List<String> ownObjects(String project, DatasetEntry entry) {
    return ownObjects(project, entry.picture(), entry.mask());
  }

  /** Keys of the objects in relook's own bucket that a change refers to. */
  List<String> ownObjects(ImageChange change) {
    return ownObjects(change.datasetKey(), change.picture(), change.mask());
  }

  private List<String> ownObjects(
      String project, @Nullable StoredPicture picture, @Nullable Mask mask) {
    List<String> keys = new ArrayList<>();
    if (picture != null && picture.isStored()) {
      keys.add(picture.featuresKey());
      if (BucketLayout.keeps(settings.bucket(), project, picture)) {
        keys.add(picture.key());
      }
    }
    if (mask != null && BucketLayout.keeps(settings.bucket(), project, mask)) {
      keys.add(mask.key());
    }
    if (picture != null && picture.isStored()) {
      keys.add(picture.statisticsKey());
    }
    return keys;
  }

  static void count(DatasetState state, Annotation annotation, long at) {
    DatasetType type = annotation.dataset();
    DatasetCounts counts = state.counts(type).orElseGet(() -> DatasetCounts.empty(at));
    state.put(type, counts.with(annotation, at));
  }

  private static void uncount(DatasetState state, Annotation annotation, long at) {
    DatasetType type = annotation.dataset();
    state.counts(type).ifPresent(counts -> state.put(type, counts.without(annotation, at)));
  }

  Optional<RejectionReason> tooManyClasses(
      DatasetState state, ImageChange change, Annotation annotation) {
    String defectClass = annotation.defectClass();
    if (defectClass == null) {
      return Optional.empty();
    }
    Set<String> classes = new HashSet<>();
    for (DatasetType type : DatasetType.values()) {
      state
          .counts(type)
          .ifPresent(counts -> classes.addAll(counts.images().byDefectClass().keySet()));
    }
    if (classes.contains(defectClass) || classes.size() < settings.quotas().defectClasses()) {
      return Optional.empty();
    }
    return Optional.of(
        reason(
            change,
            RejectionCode.TOO_MANY_DEFECT_CLASSES,
            "defectClass is '"
                + defectClass
                + "', and the project already has "
                + classes.size()
                + " classes: use one of them, or raise quota.defect-classes."));
  }

  static Optional<RejectionReason> unknown(ImageChange change, String what) {
    return Optional.of(
        reason(
            change,
            RejectionCode.UNKNOWN_SOURCE_REF,
            "sourceRef is "
                + Excerpt.quoted(change.sourceRef())
                + ", and the project "
                + change.project()
                + " has no such image to "
                + what
                + ": check the reference"
                + (what.equals("label") ? ", or send the picture with the label." : ".")));
  }

  private static RejectionReason reason(ImageChange change, RejectionCode code, String message) {
    return new RejectionReason(
        STAGE, code, message, change.account(), change.project(), change.sourceRef());
  }
}
