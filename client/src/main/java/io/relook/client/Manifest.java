package io.relook.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.client.ImageSource.Content;
import io.relook.client.RelookException.Kind;
import io.relook.wire.AnnotationMetadata;
import io.relook.wire.Label;
import io.relook.wire.MaskColor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A manifest of Lookout for Vision or Ground Truth: JSON Lines, one image a line.
 *
 * <p>Real manifests deviate from what is documented, so: label and mask keys are found by the
 * {@code type} of their {@code -metadata}, not by name; the label's own value is ignored, be it
 * number or text and whatever it means; {@code class-name} is compared without case; colour maps
 * need no BACKGROUND and no confidence; colours may be in either case; dates may be any text; an
 * image whose class is neither normal nor anomaly is kept, unlabelled. Beside {@code s3://}
 * addresses, paths of files are allowed, relative to the manifest.
 *
 * @param images in the order of the lines
 */
public record Manifest(List<ImageSource> images) {
  private static final String METADATA = "-metadata";
  private static final Pattern COLOR = Pattern.compile("#[0-9a-fA-F]{6}");
  private static final Pattern OTHER_SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://.*");
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  public Manifest {
    images = List.copyOf(images);
  }

  /**
   * Reads a manifest, not the pictures it names.
   *
   * @throws RelookException naming the first bad line, or when the file cannot be read
   */
  public static Manifest read(Path file) {
    Path parent = file.toAbsolutePath().normalize().getParent();
    Path folder = parent == null ? Path.of("/") : parent;
    List<ImageSource> images = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String line;
      for (int number = 1; (line = reader.readLine()) != null; number++) {
        String text = number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
        if (!text.isBlank()) {
          try {
            images.add(image(text, folder));
          } catch (BadLine e) {
            throw new RelookException(
                Kind.USAGE, "Line %d of %s %s.".formatted(number, file, e.getMessage()));
          }
        }
      }
    } catch (IOException e) {
      throw new RelookException(
          Kind.USAGE, "The manifest " + file + " cannot be read as UTF-8 text.", e);
    }
    if (images.isEmpty()) {
      throw new RelookException(Kind.USAGE, "The manifest " + file + " has no lines.");
    }
    return new Manifest(images);
  }

  private static ImageSource image(String text, Path folder) throws BadLine {
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
      refuseLabelWithoutMetadata(line);
    }
    Label value = label.isPresent() ? label(label.get().getValue()) : Label.NONE;
    List<MaskColor> colors = mask.isPresent() ? colors(mask.get().getValue()) : List.of();
    List<String> classes =
        colors.stream()
            .map(MaskColor::getClassName)
            .filter(name -> !name.equalsIgnoreCase("BACKGROUND"))
            .distinct()
            .toList();
    return new ImageSource(
        sourceRef,
        content(sourceRef, "source-ref", folder),
        value,
        // With several classes in one picture there is no one kind of defect.
        value == Label.ANOMALY && classes.size() == 1
            ? Optional.of(classes.get(0))
            : Optional.empty(),
        Optional.empty(),
        mask.isPresent()
            ? Optional.of(
                content(requiredText(line, mask.get().getKey()), mask.get().getKey(), folder))
            : Optional.empty(),
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

  private static void refuseLabelWithoutMetadata(JsonNode line) throws BadLine {
    for (Map.Entry<String, JsonNode> entry : line.properties()) {
      String key = entry.getKey();
      if (key.endsWith("-label") && !line.has(key + METADATA)) {
        throw new BadLine(
            "has '%s' without '%s%s', whose class-name says normal or anomaly"
                .formatted(key, key, METADATA));
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
                .formatted(hex, entry.getKey()));
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
      throw new BadLine("has the colour index '%s', which is no number".formatted(key));
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

  private static Content content(String reference, String key, Path folder) throws BadLine {
    if (reference.startsWith("s3://")) {
      Optional<S3Uri> uri = S3Uri.parse(reference).filter(found -> !found.path().isEmpty());
      if (uri.isEmpty()) {
        throw new BadLine("has '%s' %s, which is not s3://BUCKET/OBJECT".formatted(key, reference));
      }
      return new Content.InStore(uri.get().object());
    }
    if (OTHER_SCHEME.matcher(reference).matches()) {
      throw new BadLine(
          "has '%s' %s; use s3://BUCKET/OBJECT or the path of a file".formatted(key, reference));
    }
    Path file = folder.resolve(reference).normalize();
    if (!Files.isRegularFile(file)) {
      throw new BadLine("has '%s' %s, but there is no file %s".formatted(key, reference, file));
    }
    return new Content.LocalFile(file);
  }

  private static String requiredText(JsonNode node, String key) throws BadLine {
    String text = text(node, key);
    if (text == null || text.isBlank()) {
      throw new BadLine("has no text '%s'".formatted(key));
    }
    return text;
  }

  private static @Nullable String text(JsonNode node, String key) {
    JsonNode value = node.path(key);
    return value.isTextual() ? value.asText() : null;
  }

  /** Says what is wrong with a line, as the end of a sentence that begins with the line. */
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
