package io.relook.schemas.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.schemas.Excerpt;
import io.relook.wire.AnnotationMetadata;
import io.relook.wire.Label;
import io.relook.wire.MaskColor;
import java.util.ArrayList;
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
 * </ul>
 *
 * @param sourceRef as in the line
 * @param defectClass the one class of the mask of an anomalous image
 * @param maskRef as in the line; empty without a mask
 * @param maskAttribute key of the mask; empty without a mask
 * @param colorMap colours of the mask; empty without a mask
 */
public record GroundTruthLine(
    String sourceRef,
    Label label,
    Optional<String> defectClass,
    Optional<String> maskRef,
    Optional<String> maskAttribute,
    List<MaskColor> colorMap,
    Optional<AnnotationMetadata> annotation) {

  /** Longest line, in characters (spec §2, DatasetEntry). */
  public static final int MAX_LENGTH = 8192;

  private static final int MAX_DEPTH = 16;
  private static final String METADATA = "-metadata";
  private static final Pattern COLOR = Pattern.compile("#[0-9a-fA-F]{6}");
  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_LENGTH)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  public GroundTruthLine {
    colorMap = List.copyOf(colorMap);
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
    if (text.length() > MAX_LENGTH) {
      throw new BadLine(
          "has %d characters; a line has at most %d".formatted(text.length(), MAX_LENGTH));
    }
    JsonNode line;
    try {
      line = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new BadLine("is not JSON: " + e.getOriginalMessage());
    }
    if (!line.isObject()) {
      throw new BadLine("is not a JSON object");
    }
    String sourceRef = requiredText(line, "source-ref");
    Optional<Map.Entry<String, JsonNode>> label =
        metadata(line, "image-classification", "class-name");
    Optional<Map.Entry<String, JsonNode>> mask =
        metadata(line, "semantic-segmentation", "internal-color-map");
    if (label.isEmpty()) {
      rejectLabelWithoutMetadata(line);
    }
    Label value = label.isPresent() ? label(label.get().getValue()) : Label.NONE;
    List<MaskColor> colors = mask.isPresent() ? colors(mask.get().getValue()) : List.of();
    List<String> classes =
        colors.stream()
            .map(MaskColor::getClassName)
            .filter(name -> !name.equalsIgnoreCase("BACKGROUND"))
            .distinct()
            .toList();
    return new GroundTruthLine(
        sourceRef,
        value,
        // Several classes in one picture do not give one kind of defect.
        value == Label.ANOMALY && classes.size() == 1
            ? Optional.of(classes.get(0))
            : Optional.empty(),
        mask.isPresent() ? Optional.of(requiredText(line, mask.get().getKey())) : Optional.empty(),
        mask.map(Map.Entry::getKey),
        colors,
        label.map(found -> annotation(found.getKey(), found.getValue())));
  }

  /**
   * The label attribute and its metadata: by the metadata's type, else by a member only this kind
   * has.
   */
  private static Optional<Map.Entry<String, JsonNode>> metadata(
      JsonNode line, String type, String member) {
    Optional<Map.Entry<String, JsonNode>> byMember = Optional.empty();
    for (Map.Entry<String, JsonNode> entry : line.properties()) {
      String key = entry.getKey();
      JsonNode metadata = entry.getValue();
      if (!key.endsWith(METADATA) || !metadata.isObject()) {
        continue;
      }
      String attribute = key.substring(0, key.length() - METADATA.length());
      String given = metadata.path("type").asText("").toLowerCase(Locale.ROOT);
      if (given.endsWith(type)) {
        return Optional.of(Map.entry(attribute, metadata));
      }
      if (given.isEmpty() && metadata.has(member) && byMember.isEmpty()) {
        byMember = Optional.of(Map.entry(attribute, metadata));
      }
    }
    return byMember;
  }

  private static void rejectLabelWithoutMetadata(JsonNode line) throws BadLine {
    for (Map.Entry<String, JsonNode> entry : line.properties()) {
      String key = entry.getKey();
      if (key.endsWith("-label") && !line.has(key + METADATA)) {
        throw new BadLine(
            "has '%s' without '%s%s', whose class-name says normal or anomaly"
                .formatted(Excerpt.of(key), Excerpt.of(key), METADATA));
      }
    }
  }

  private static Label label(JsonNode metadata) throws BadLine {
    JsonNode name = metadata.path("class-name");
    if (!name.isTextual()) {
      throw new BadLine("has label metadata without a text 'class-name'");
    }
    return switch (name.asText().strip().toLowerCase(Locale.ROOT)) {
      case "normal" -> Label.NORMAL;
      case "anomaly" -> Label.ANOMALY;
      default -> Label.NONE;
    };
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

  private static AnnotationMetadata annotation(String attribute, JsonNode metadata) {
    return AnnotationMetadata.newBuilder()
        .setLabelAttribute(attribute)
        .setHumanAnnotated(!metadata.path("human-annotated").asText("yes").equalsIgnoreCase("no"))
        .setCreationDate(text(metadata, "creation-date"))
        .setJobName(text(metadata, "job-name"))
        .setType(text(metadata, "type"))
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

  /** What is wrong with a line, as the predicate of a sentence about it. */
  private static final class BadLine extends Exception {
    private static final long serialVersionUID = 1L;

    BadLine(String predicate) {
      super(predicate);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
