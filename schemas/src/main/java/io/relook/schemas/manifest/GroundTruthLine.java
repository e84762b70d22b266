package io.relook.schemas.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import io.relook.schemas.Excerpt;
import io.relook.wire.AnnotationMetadata;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.MaskColor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of a manifest of Lookout for Vision or Ground Truth: one image.
 *
 * <p>Real manifests deviate from the documentation (spec: lookout-for-vision.md §4.2). Therefore:
 *
 * <ul>
 *   <li>Label and mask keys are found by the {@code type} of their {@code -metadata}, not by name.
 *   <li>The label's own value is ignored, whether it is a number or a text.
 *   <li>{@code class-name} is compared without case.
 *   <li>Colour maps need neither BACKGROUND nor confidence, and colours may be in either case.
 *   <li>Dates may be any text.
 *   <li>An image whose class is neither normal nor anomaly is kept, unlabelled.
 *   <li>Of several labels the one with the newest {@code creation-date} counts. A line whose labels
 *       differ and have no such order is refused.
 *   <li>Predictions and failed labellings give no label.
 *   <li>A line with a mask and no label gets its label from the mask.
 *   <li>A line that has only boxes, several labels for an image, or another kind of annotation is
 *       refused.
 * </ul>
 *
 * @param sourceRef as in the line
 * @param defectClass the one class of the mask of an anomalous image
 * @param maskRef as in the line; empty without a mask
 * @param maskAttribute key of the mask; empty without a mask
 * @param colorMap colours of the mask; empty without a mask
 * @param findings what a reader should know besides, each with an example or an empty text
 */
public record GroundTruthLine(
    String sourceRef,
    Label label,
    Optional<String> defectClass,
    Optional<String> maskRef,
    Optional<String> maskAttribute,
    List<MaskColor> colorMap,
    Optional<AnnotationMetadata> annotation,
    Map<Finding, String> findings) {

  /** Longest line, in characters (spec §2, DatasetEntry). */
  public static final int MAX_LENGTH = 8192;

  /** The type of a label that the mask decides: {@link AnnotationMetadata#getType()}. */
  private static final String SEGMENTATION = "semantic-segmentation";

  /** The documented key, for a label that the line does not have (spec §4.2). */
  private static final String DERIVED_LABEL = "anomaly-label";

  private static final Pattern COLOR = Pattern.compile("#[0-9a-fA-F]{6}");

  public GroundTruthLine {
    colorMap = List.copyOf(colorMap);
    findings = Collections.unmodifiableMap(new EnumMap<>(findings));
  }

  /**
   * Whether the pixels of an image's mask decide its label: the image has no label of its own, and
   * its annotation is that of a segmentation job.
   */
  public static boolean isLabelledByMask(LabeledImage image) {
    AnnotationMetadata annotation = image.getAnnotation();
    return image.getLabel() == Label.NONE
        && (image.getMaskBytes() != null || image.getMaskLocation() != null)
        && annotation != null
        && annotation.getType() != null
        && annotation.getType().toLowerCase(Locale.ROOT).endsWith(SEGMENTATION);
  }

  /** The result of reading a line. */
  public sealed interface Reading {
    /** The line follows every rule. */
    record Read(GroundTruthLine line) implements Reading {}

    /**
     * The line breaks a rule.
     *
     * @param predicate of a sentence about the line
     */
    record Refused(String predicate) implements Reading {}
  }

  /** Reads a line; never throws. */
  public static Reading read(String text) {
    try {
      return new Reading.Read(parse(text));
    } catch (BadLine e) {
      return new Reading.Refused(e.getMessage());
    }
  }

  private static GroundTruthLine parse(String text) throws BadLine {
    LineJson.requireNoArray(text);
    if (text.length() > MAX_LENGTH) {
      throw new BadLine(
          "has %d characters; a line has at most %d".formatted(text.length(), MAX_LENGTH));
    }
    JsonNode line = LineJson.object(text);
    String sourceRef = requiredText(line, "source-ref");
    LineLabels found = LineLabels.of(line);
    if (found.label().isEmpty() && found.mask().isEmpty()) {
      rejectLabelWithoutMetadata(line);
    }
    Optional<Annotated> label = found.label();
    Optional<Annotated> mask = found.mask();
    Label value = label.isPresent() ? LineLabels.value(label.get()) : Label.NONE;
    List<MaskColor> colors = mask.isPresent() ? colors(mask.get().metadata()) : List.of();
    List<String> classes =
        colors.stream()
            .map(MaskColor::getClassName)
            .filter(name -> !name.equalsIgnoreCase("BACKGROUND"))
            .distinct()
            .toList();
    boolean byMask = found.findings().containsKey(Finding.LABEL_FROM_MASK);
    return new GroundTruthLine(
        sourceRef,
        value,
        // Several classes in one picture do not give one kind of defect.
        value == Label.ANOMALY && classes.size() == 1
            ? Optional.of(classes.get(0))
            : Optional.empty(),
        mask.isPresent() ? Optional.of(requiredText(line, mask.get().name())) : Optional.empty(),
        mask.map(Annotated::name),
        colors,
        byMask
            ? mask.map(from -> annotation(DERIVED_LABEL, from))
            : label.map(from -> annotation(from.name(), from)),
        found.findings());
  }

  private static void rejectLabelWithoutMetadata(JsonNode line) throws BadLine {
    for (Map.Entry<String, JsonNode> entry : line.properties()) {
      String key = entry.getKey();
      String value = entry.getValue().isTextual() ? entry.getValue().asText() : "";
      boolean isLabel =
          key.endsWith("-label")
              || value.strip().equalsIgnoreCase("normal")
              || value.strip().equalsIgnoreCase("anomaly");
      if (isLabel && !hasAnnotation(line, key)) {
        throw new BadLine(
            "has '%s' without an object '%s%s', whose class-name says normal or anomaly"
                .formatted(Excerpt.of(key), Excerpt.of(key), Annotated.METADATA));
      }
    }
  }

  private static boolean hasAnnotation(JsonNode line, String key) {
    return Annotated.all(line).stream().anyMatch(one -> one.name().equals(key));
  }

  private static List<MaskColor> colors(JsonNode metadata) throws BadLine {
    List<MaskColor> colors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : metadata.path("internal-color-map").properties()) {
      JsonNode color = entry.getValue();
      String hex = color.path("hex-color").asText("");
      if (!COLOR.matcher(hex).matches()) {
        throw new BadLine(
            "has the colour '%s' for index %s, which is not #RRGGBB"
                .formatted(Excerpt.of(hex), Excerpt.of(entry.getKey())));
      }
      JsonNode confidence = color.path("confidence");
      colors.add(
          new MaskColor(
              index(entry.getKey()),
              requiredText(color, "class-name"),
              hex.toUpperCase(Locale.ROOT),
              confidence.isNumber() ? confidence.asDouble() : null));
    }
    if (colors.isEmpty()) {
      throw new BadLine("has a mask without an 'internal-color-map'");
    }
    return colors;
  }

  private static int index(String key) throws BadLine {
    try {
      return Integer.parseInt(key.strip());
    } catch (NumberFormatException e) {
      throw new BadLine(
          "has the colour index '%s', which is not a number".formatted(Excerpt.of(key)));
    }
  }

  private static AnnotationMetadata annotation(String attribute, Annotated from) {
    return AnnotationMetadata.newBuilder()
        .setLabelAttribute(attribute)
        .setHumanAnnotated(true)
        .setCreationDate(from.date().orElse(null))
        .setJobName(text(from.metadata(), "job-name"))
        .setType(text(from.metadata(), "type"))
        .build();
  }

  private static String requiredText(JsonNode node, String key) throws BadLine {
    String text = text(node, key);
    if (text == null || text.isBlank()) {
      throw new BadLine("has no text '%s'".formatted(Excerpt.of(key)));
    }
    return text;
  }

  private static @Nullable String text(JsonNode node, String key) {
    JsonNode value = node.path(key);
    return value.isTextual() ? value.asText() : null;
  }
}
