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
import java.util.regex.Pattern;

/** Reads the JSON of one line, and says in plain words what is wrong with it. */
final class LineJson {
  private static final int MAX_DEPTH = 16;
  private static final int NEAR = 20;
  private static final Pattern AFTER_COMMA = Pattern.compile(",\\s*[}\\]]$");
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
    if (text.indexOf('\0') >= 0) {
      return "has characters of the number 0, as UTF-16 text has: convert the file to UTF-8";
    }
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
      return "ends inside its JSON object, at column %d: a manifest has one whole object on each line. Convert a pretty-printed file with 'jq -c . FILE'; if the file is cut off, get it again"
          .formatted(end.length());
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
        return "has %s at column %d, which JSON does not have: write a number or null"
            .formatted(number, text.lastIndexOf(number, column - 1) + 1);
      }
    }
    String near = near(text, column);
    if (message.contains("(''' (code 39))")) {
      return "has a single quote at column %d, where JSON wants a double quote, near %s: write the file with a JSON library"
          .formatted(column, near);
    }
    if (message.startsWith("Unrecognized character escape")) {
      return "has a backslash before column %d that JSON does not know, near %s: write \\\\ for a backslash, or / in a path"
          .formatted(column, near);
    }
    if (message.startsWith("Illegal unquoted character")) {
      return "has a tab or another control character inside a text at column %d, near %s: write it as \\t or \\u0009"
          .formatted(column, near);
    }
    if (AFTER_COMMA.matcher(text.substring(0, column)).find()) {
      return "has a comma before a closing bracket at column %d, near %s: remove the comma"
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
