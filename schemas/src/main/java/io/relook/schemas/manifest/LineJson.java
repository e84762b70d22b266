package io.relook.schemas.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.schemas.Excerpt;

/** Reads the JSON of one line, and says in plain words what is wrong with it. */
final class LineJson {
  private static final int MAX_DEPTH = 16;
  private static final int NEAR = 20;
  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(GroundTruthLine.MAX_LENGTH)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private LineJson() {}

  /**
   * Refuses a line that begins an array, however long it is: the file is JSON, but not JSON Lines.
   */
  static void requireNoArray(String text) throws BadLine {
    if (text.stripLeading().startsWith("[")) {
      throw new BadLine(
          "begins a JSON array, and a manifest is JSON Lines, one object on each line: convert the"
              + " file with 'jq -c .[] FILE'");
    }
  }

  /** The object in a line. */
  static JsonNode object(String text) throws BadLine {
    try {
      JsonNode line = JSON.readTree(text);
      if (!line.isObject()) {
        throw new BadLine(beginsOtherwise(text));
      }
      return line;
    } catch (JsonProcessingException e) {
      throw new BadLine(explain(text, e));
    }
  }

  private static String explain(String text, JsonProcessingException e) {
    int column =
        e.getLocation() == null ? 1 : Math.max(1, Math.min(text.length(), columnOf(text, e)));
    String message = String.valueOf(e.getOriginalMessage());
    if (!text.stripLeading().startsWith("{")) {
      return beginsOtherwise(text);
    }
    if (e instanceof StreamConstraintsException) {
      return "is nested more than %d levels deep at column %d, or has a number or name too long for a manifest"
          .formatted(MAX_DEPTH, column);
    }
    String end = text.stripTrailing();
    if (end.endsWith("},") && column >= end.length()) {
      return "has a comma after its JSON object: lines are not separated by commas, remove it";
    }
    if (e instanceof JsonEOFException || end.endsWith(",") && column >= end.length()) {
      return "ends inside its JSON object: a manifest has one whole object on each line. Convert a"
          + " pretty-printed file with 'jq -c . FILE'";
    }
    if (e instanceof MismatchedInputException && message.contains("Trailing token")) {
      return "has more text after its JSON object, at column %d: put each object on its own line, without commas between them"
          .formatted(column);
    }
    if (message.startsWith("Duplicate field")) {
      return "names one key twice, at column %d: keep one of them".formatted(column);
    }
    for (String number : new String[] {"NaN", "INF", "Infinity"}) {
      if (message.contains("'" + number) || message.contains("'-" + number)) {
        return "has %s up to column %d, which JSON does not have: write a number or null"
            .formatted(number, column);
      }
    }
    String near = near(text, column);
    if (message.contains("(''' (code 39))")) {
      return "has a single quote at column %d, where JSON wants a double quote, near %s: write the file with a JSON library"
          .formatted(column, near);
    }
    return "is not valid JSON at column %d, near %s".formatted(column, near);
  }

  private static String beginsOtherwise(String text) {
    return "begins with %s, and each line of a manifest is one JSON object {…}"
        .formatted(near(text, 1));
  }

  private static int columnOf(String text, JsonProcessingException e) {
    return e.getLocation().getLineNr() <= 1 ? e.getLocation().getColumnNr() : text.length();
  }

  private static String near(String text, int column) {
    int from = Math.max(0, column - 1 - NEAR / 2);
    return Excerpt.quoted(text.substring(from, Math.min(text.length(), from + NEAR)));
  }
}
