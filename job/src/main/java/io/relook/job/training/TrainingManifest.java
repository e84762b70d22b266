package io.relook.job.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.Mask;
import io.relook.job.domain.Split;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The images of a training as JSON Lines, one image a line: the lines of a Ground Truth manifest
 * with one more member, {@code relook}, that says where picture and features are, and which split
 * the image has. Equal images give equal bytes.
 */
public final class TrainingManifest {

  /** Largest manifest: that of 20,000 images with the longest names. */
  public static final long MAX_BYTES = 256L * 1024 * 1024;

  /** Names of members that a label attribute of the same name would overwrite. */
  private static final Set<String> RESERVED =
      Set.of(
          "source-ref",
          "relook",
          "anomaly-label-detected",
          "anomaly-label-detected-metadata",
          TrainingManifest.SUSPECTED);

  private static final String SUSPECTED = "suspected-label";

  private static final String DEFAULT_ATTRIBUTE = "anomaly-label";

  private static final ObjectMapper JSON = new ObjectMapper();

  private TrainingManifest() {}

  /** The manifest of these images, in their order. */
  public static byte[] write(List<TrainingImage> lines) {
    return write(lines, Long.MAX_VALUE).orElseThrow();
  }

  /**
   * The manifest of these images, in their order; empty when it would be larger than a reader
   * takes.
   *
   * @param maxBytes most bytes
   */
  static Optional<byte[]> write(List<TrainingImage> lines, long maxBytes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (TrainingImage line : lines) {
      bytes.writeBytes((write(line) + "\n").getBytes(StandardCharsets.UTF_8));
      if (bytes.size() > maxBytes) {
        return Optional.empty();
      }
    }
    return Optional.of(bytes.toByteArray());
  }

  /**
   * The manifest with {@code "suspected-label": true} on the lines of images whose labels may be
   * wrong; its other lines stay as they are, byte by byte.
   *
   * @param suspectedLabels source references of these images
   */
  public static byte[] marked(byte[] manifest, Set<String> suspectedLabels) {
    if (suspectedLabels.isEmpty()) {
      return manifest;
    }
    StringBuilder text = new StringBuilder();
    for (String line : new String(manifest, StandardCharsets.UTF_8).split("\n", -1)) {
      if (!line.isEmpty()) {
        text.append(marked(line, suspectedLabels)).append('\n');
      }
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String marked(String line, Set<String> suspectedLabels) {
    try {
      if (JSON.readTree(line) instanceof ObjectNode node
          && suspectedLabels.contains(node.path("source-ref").textValue())) {
        node.put(SUSPECTED, true);
        return node.toString();
      }
      return line;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("A line of the training manifest is not JSON.", e);
    }
  }

  private static ObjectNode write(TrainingImage line) {
    ObjectNode node = annotation(line);
    ObjectNode relook = node.putObject("relook");
    relook.put("side", line.split().name());
    relook.put("dataset", line.annotation().dataset().name());
    relook.put("defect-class", line.annotation().defectClass());
    relook.put("label-attribute", attribute(line.annotation()));
    StoredPicture picture = line.picture();
    relook.put("digest", picture.digest());
    relook.put("bucket", picture.bucket());
    relook.put("key", picture.key());
    relook.put("width", picture.width());
    relook.put("height", picture.height());
    relook.put("features", picture.featuresKey());
    Mask mask = line.mask();
    if (mask != null) {
      write(mask, relook.putObject("mask"));
    }
    return node;
  }

  private static void write(Mask mask, ObjectNode node) {
    node.put("digest", mask.digest());
    node.put("bucket", mask.bucket());
    node.put("key", mask.key());
    node.put("width", mask.width());
    node.put("height", mask.height());
    ArrayNode classes = node.putArray("classes");
    mask.classes().forEach(classes::add);
  }

  /** Source reference and label of an image, as in a Ground Truth manifest. */
  public static ObjectNode annotation(TrainingImage line) {
    Annotation annotation = line.annotation();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("source-ref", line.sourceRef());
    String attribute = attribute(annotation);
    node.put(attribute, annotation.label() == Label.ANOMALY ? 1 : 0);
    ObjectNode metadata = node.putObject(attribute + "-metadata");
    metadata.put("class-name", annotation.label() == Label.ANOMALY ? "anomaly" : "normal");
    metadata.put("type", "groundtruth/image-classification");
    metadata.put("human-annotated", annotation.humanAnnotated() ? "yes" : "no");
    put(metadata, "creation-date", annotation.creationDate());
    put(metadata, "job-name", annotation.jobName());
    return node;
  }

  private static String attribute(Annotation annotation) {
    String attribute = annotation.labelAttribute();
    return RESERVED.contains(attribute) ? DEFAULT_ATTRIBUTE : attribute;
  }

  private static void put(ObjectNode node, String name, @Nullable String value) {
    if (value != null) {
      node.put(name, value);
    }
  }

  /**
   * The images of a manifest.
   *
   * @throws IllegalArgumentException when a line is not as {@link #write} writes it
   */
  public static List<TrainingImage> read(byte[] manifest) {
    List<TrainingImage> lines = new ArrayList<>();
    int number = 0;
    for (String text : new String(manifest, StandardCharsets.UTF_8).split("\n", -1)) {
      number++;
      if (text.isEmpty()) {
        continue;
      }
      try {
        lines.add(read(JSON.readTree(text)));
      } catch (JsonProcessingException | IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "Line " + number + " of the training manifest cannot be read: " + e.getMessage(), e);
      }
    }
    return lines;
  }

  private static TrainingImage read(JsonNode node) {
    JsonNode relook = node.path("relook");
    String attribute = text(relook, "label-attribute");
    JsonNode metadata = node.path(attribute + "-metadata");
    Annotation annotation =
        new Annotation(
            text(metadata, "class-name").equals("anomaly") ? Label.ANOMALY : Label.NORMAL,
            relook.path("defect-class").textValue(),
            DatasetType.valueOf(text(relook, "dataset")),
            attribute,
            text(metadata, "human-annotated").equals("yes"),
            metadata.path("creation-date").textValue(),
            metadata.path("job-name").textValue());
    StoredPicture picture =
        new StoredPicture(
            text(relook, "digest"),
            text(relook, "bucket"),
            text(relook, "key"),
            relook.path("width").intValue(),
            relook.path("height").intValue(),
            text(relook, "features"));
    return new TrainingImage(
        text(node, "source-ref"),
        Split.valueOf(text(relook, "side")),
        annotation,
        picture,
        relook.has("mask") ? mask(relook.path("mask")) : null);
  }

  private static Mask mask(JsonNode node) {
    List<String> classes = new ArrayList<>();
    for (JsonNode name : node.path("classes")) {
      if (!name.isTextual()) {
        throw new IllegalArgumentException("classes has an entry that is not text");
      }
      classes.add(name.textValue());
    }
    return new Mask(
        text(node, "digest"),
        text(node, "bucket"),
        text(node, "key"),
        node.path("width").intValue(),
        node.path("height").intValue(),
        classes);
  }

  private static String text(JsonNode node, String name) {
    String value = node.path(name).textValue();
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }
}
