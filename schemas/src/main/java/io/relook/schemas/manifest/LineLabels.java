package io.relook.schemas.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import io.relook.schemas.Excerpt;
import io.relook.schemas.manifest.Annotated.Kind;
import io.relook.wire.Label;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which of a line's annotations count.
 *
 * @param label the annotation that says normal or anomaly
 * @param mask the annotation that names the mask
 * @param findings what a reader should know about the choice
 */
record LineLabels(
    Optional<Annotated> label, Optional<Annotated> mask, Map<Finding, String> findings) {

  private static final String WHAT_IS_READ =
      "relook reads Ground Truth's 'Image Classification (Single Label)' with the labels normal"
          + " and anomaly, and 'Semantic Segmentation'. Export such a job";

  /** Chooses among the annotations of a line. */
  static LineLabels of(JsonNode line) throws BadLine {
    List<Annotated> all = Annotated.all(line);
    List<Annotated> classes = of(Kind.CLASSIFICATION, all);
    List<Annotated> masks = of(Kind.SEGMENTATION, all);
    List<Annotated> others =
        all.stream().filter(one -> !classes.contains(one) && !masks.contains(one)).toList();
    List<Annotated> labels = usable(classes);
    for (Annotated one : labels) {
      value(one);
    }
    Optional<Annotated> label = newest(labels, LineLabels::className, "label");
    Optional<Annotated> mask = newest(usable(masks), one -> line.path(one.name()).asText(), "mask");
    Map<Finding, String> findings = new EnumMap<>(Finding.class);
    if (labels.size() > 1) {
      findings.put(Finding.TWO_LABELS, "");
    }
    if (label.isPresent()) {
      if (mask.isEmpty() && !masks.isEmpty()) {
        findings.put(Finding.MASK_NOT_TAKEN, Excerpt.quoted(masks.get(0).name()));
      }
      if (value(label.get()) == Label.NONE) {
        findings.put(Finding.OTHER_CLASS, Excerpt.quoted(className(label.get())));
      }
    } else {
      Optional<String> failure =
          failure(classes).or(() -> mask.isEmpty() ? failure(masks) : Optional.empty());
      if (failure.isPresent()) {
        findings.put(Finding.FAILED, Excerpt.quoted(failure.get()));
      } else if (mask.isPresent()) {
        findings.put(Finding.LABEL_FROM_MASK, "");
      } else if (!classes.isEmpty() || !masks.isEmpty()) {
        findings.put(Finding.PREDICTED, "");
      } else if (!others.isEmpty()) {
        throw new BadLine(notRead(others.get(0)));
      } else {
        findings.put(Finding.NO_LABEL, "");
      }
    }
    if (!others.isEmpty()) {
      findings.put(Finding.OTHER_ANNOTATIONS, Excerpt.quoted(others.get(0).name()));
    }
    return new LineLabels(label, mask, findings);
  }

  /** What a classification says. */
  static Label value(Annotated classification) throws BadLine {
    if (!classification.metadata().path("class-name").isTextual()) {
      throw new BadLine(
          "has '%s' without a text 'class-name', which says normal or anomaly"
              .formatted(Excerpt.of(classification.name() + Annotated.METADATA)));
    }
    return switch (className(classification)) {
      case "normal" -> Label.NORMAL;
      case "anomaly" -> Label.ANOMALY;
      default -> Label.NONE;
    };
  }

  private static String className(Annotated classification) {
    return classification.metadata().path("class-name").asText().strip().toLowerCase(Locale.ROOT);
  }

  private static List<Annotated> of(Kind kind, List<Annotated> all) {
    return all.stream().filter(one -> one.kind() == kind).toList();
  }

  private static List<Annotated> usable(List<Annotated> all) {
    return all.stream().filter(one -> !one.isPredicted() && one.failure().isEmpty()).toList();
  }

  private static Optional<String> failure(List<Annotated> all) {
    return all.stream().map(Annotated::failure).flatMap(Optional::stream).findFirst();
  }

  /**
   * The newest of several annotations.
   *
   * @param says what an annotation says: those that say the same need no order
   */
  private static Optional<Annotated> newest(
      List<Annotated> all, Function<Annotated, String> says, String what) throws BadLine {
    if (all.isEmpty()) {
      return Optional.empty();
    }
    if (all.stream().map(says).distinct().count() == 1) {
      return Optional.of(all.get(0));
    }
    Annotated newest = all.get(0);
    for (Annotated one : all) {
      if (one.made().isEmpty()) {
        throw new BadLine(undecided(all, says, what, undated(one)));
      }
      if (moment(one).isAfter(moment(newest))) {
        newest = one;
      }
    }
    for (Annotated one : all) {
      if (moment(one).equals(moment(newest)) && !says.apply(one).equals(says.apply(newest))) {
        throw new BadLine(
            undecided(all, says, what, "both have the creation-date " + date(newest)));
      }
    }
    return Optional.of(newest);
  }

  private static Instant moment(Annotated one) {
    return Objects.requireNonNull(one.made().orElse(Instant.MIN));
  }

  private static String undated(Annotated one) {
    return one.date().isEmpty()
        ? "'" + Excerpt.of(one.name()) + "' has no creation-date"
        : "the creation-date of '"
            + Excerpt.of(one.name())
            + "' is "
            + date(one)
            + ", which is not a date such as 2024-05-01T10:00:00";
  }

  private static String date(Annotated one) {
    return Excerpt.quoted(one.date().orElse(""));
  }

  private static String undecided(
      List<Annotated> all, Function<Annotated, String> says, String what, String why) {
    Annotated first = all.get(0);
    Annotated other =
        all.stream()
            .filter(one -> !says.apply(one).equals(says.apply(first)))
            .findFirst()
            .orElse(first);
    return "has two %ss that differ, '%s' (%s) and '%s' (%s), and %s: remove the older one, or date both"
        .formatted(
            what,
            Excerpt.of(first.name()),
            Excerpt.of(says.apply(first)),
            Excerpt.of(other.name()),
            Excerpt.of(says.apply(other)),
            why);
  }

  private static String notRead(Annotated other) {
    String what =
        switch (other.kind()) {
          case MULTI_LABEL -> "comes from a multi-label job";
          case BOUNDING_BOX -> "has bounding boxes";
          default -> "has annotations of another job";
        };
    return "%s ('%s', %s), and does not say whether the image is normal: %s"
        .formatted(what, Excerpt.of(other.name()), Excerpt.of(other.type()), WHAT_IS_READ);
  }
}
