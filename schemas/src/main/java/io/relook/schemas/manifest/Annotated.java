package io.relook.schemas.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An attribute of a line with its {@code -metadata}, as one labelling job wrote it.
 *
 * @param name key of the attribute
 * @param kind what the job asked for
 * @param metadata value of the key {@code <name>-metadata}
 */
record Annotated(String name, Kind kind, JsonNode metadata) {
  static final String METADATA = "-metadata";

  /** Ground Truth writes "no"; other tools write JSON's false or the number 0. */
  private static final Set<String> NOT_HUMAN = Set.of("no", "n", "false", "0");

  /** What a labelling job asks for. */
  enum Kind {
    /** One class for each image. */
    CLASSIFICATION,
    /** A mask. */
    SEGMENTATION,
    /** Several classes for an image. */
    MULTI_LABEL,
    /** Rectangles. */
    BOUNDING_BOX,
    /** Any other job of Ground Truth. */
    OTHER,
    /** Metadata that no labelling job wrote. */
    NONE
  }

  /** The attributes of a line, in its order. */
  static List<Annotated> all(JsonNode line) {
    List<Annotated> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : line.properties()) {
      String key = entry.getKey();
      if (key.endsWith(METADATA) && entry.getValue().isObject()) {
        String name = key.substring(0, key.length() - METADATA.length());
        Kind kind = kind(line.path(name), entry.getValue());
        if (kind != Kind.NONE) {
          found.add(new Annotated(name, kind, entry.getValue()));
        }
      }
    }
    return found;
  }

  /** By the metadata's type, else by a member that only this kind has. */
  private static Kind kind(JsonNode value, JsonNode metadata) {
    String given = metadata.path("type").asText("").strip().toLowerCase(Locale.ROOT);
    if (given.isEmpty()) {
      if (metadata.has("class-map") && value.isArray()) {
        return Kind.MULTI_LABEL;
      }
      if (value.has("annotations") || value.has("boundingBoxes")) {
        return Kind.BOUNDING_BOX;
      }
      if (metadata.has("internal-color-map")) {
        return Kind.SEGMENTATION;
      }
      boolean ofAJob = metadata.has("class-name") || metadata.has("failure-reason");
      return ofAJob ? Kind.CLASSIFICATION : Kind.NONE;
    }
    if (given.endsWith("image-classification")) {
      return value.isArray() ? Kind.MULTI_LABEL : Kind.CLASSIFICATION;
    }
    if (given.endsWith("semantic-segmentation")) {
      return Kind.SEGMENTATION;
    }
    if (given.endsWith("image-classification-multilabel")
        || given.endsWith("image-classification-multi-label")) {
      return Kind.MULTI_LABEL;
    }
    if (given.endsWith("object-detection")
        && !given.contains("video")
        && !given.contains("cloud")) {
      return Kind.BOUNDING_BOX;
    }
    return given.startsWith("groundtruth/") ? Kind.OTHER : Kind.NONE;
  }

  /** The type as the line writes it, or its kind. */
  String type() {
    String given = metadata.path("type").asText("");
    return given.isBlank() ? kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') : given;
  }

  /** Whether a program made it: a model's evaluation, or automated labelling. */
  boolean isPredicted() {
    String human = metadata.path("human-annotated").asText("yes").strip();
    return name.endsWith("-detected")
        || name.endsWith("-detected-ref")
        || NOT_HUMAN.contains(human.toLowerCase(Locale.ROOT));
  }

  /** Why the labelling failed, if it did. */
  Optional<String> failure() {
    JsonNode reason = metadata.path("failure-reason");
    return reason.isMissingNode() || reason.isNull()
        ? Optional.empty()
        : Optional.of(reason.isTextual() ? reason.asText() : reason.toString());
  }

  /** The date as the line writes it. */
  Optional<String> date() {
    JsonNode date = metadata.path("creation-date");
    return date.isTextual() || date.isNumber() ? Optional.of(date.asText()) : Optional.empty();
  }

  /** When it was made, if the date can be understood. */
  Optional<Instant> made() {
    return date().flatMap(CreationDate::parse);
  }
}
