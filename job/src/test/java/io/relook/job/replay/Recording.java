package io.relook.job.replay;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Outputs in a folder: a JSON file each for what is alike on every machine, and the numbers of each
 * instruction set that was recorded.
 */
record Recording(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUFFIX = ".json";

  /** The outputs that are checked in. */
  static final Recording EXPECTED = new Recording(RecordedStream.FOLDER.resolve("expected"));

  /**
   * Records. What was recorded for other instruction sets stays only if nothing has changed but
   * that this one is new: else those would be the numbers of another behaviour.
   */
  void write(Outputs outputs, String instructionSet) throws IOException {
    Files.createDirectories(folder);
    if (!isAsRecorded(outputs, instructionSet)) {
      try (Stream<Path> old = Files.list(folder)) {
        for (Path file : old.filter(Files::isRegularFile).toList()) {
          Files.delete(file);
        }
      }
    }
    for (Map.Entry<String, JsonNode> file : outputs.files().entrySet()) {
      write(folder.resolve(file.getKey()), file.getValue());
    }
    write(numbers(instructionSet), JSON.valueToTree(outputs.numbers()));
  }

  private static void write(Path file, JsonNode json) throws IOException {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    ObjectWriter pretty =
        JSON.writer(new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines));
    Files.writeString(file, pretty.writeValueAsString(json) + "\n");
  }

  private Path numbers(String instructionSet) {
    return folder.resolve("numbers-" + instructionSet + SUFFIX);
  }

  private boolean isAsRecorded(Outputs outputs, String instructionSet) throws IOException {
    return differences(outputs.files()).isEmpty()
        && (!hasNumbersOf(instructionSet)
            || differences(outputs.numbers(), instructionSet).isEmpty());
  }

  boolean hasNumbersOf(String instructionSet) {
    return Files.isRegularFile(numbers(instructionSet));
  }

  /** How outputs differ from what is recorded, numbers aside: one sentence each. */
  List<String> differences(SortedMap<String, JsonNode> files) throws IOException {
    SortedMap<String, JsonNode> recorded = new TreeMap<>();
    try (Stream<Path> found = Files.list(folder)) {
      for (Path file : found.sorted().toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith("numbers-")) {
          recorded.put(name, JSON.readTree(Files.readString(file)));
        }
      }
    }
    return differences(flat(recorded), flat(files));
  }

  /** How numbers differ from those recorded for an instruction set: one sentence each. */
  List<String> differences(SortedMap<String, String> numbers, String instructionSet)
      throws IOException {
    SortedMap<String, String> recorded = new TreeMap<>();
    JSON.readTree(Files.readString(numbers(instructionSet)))
        .properties()
        .forEach(number -> recorded.put(number.getKey(), number.getValue().textValue()));
    return differences(recorded, numbers);
  }

  /** How two maps differ: one sentence each. */
  static List<String> differences(
      SortedMap<String, String> expected, SortedMap<String, String> actual) {
    List<String> differences = new ArrayList<>();
    expected.forEach(
        (at, value) -> {
          String now = actual.get(at);
          if (!value.equals(now)) {
            differences.add("%s was %s and is %s".formatted(at, value, orNothing(now)));
          }
        });
    actual.forEach(
        (at, value) -> {
          if (!expected.containsKey(at)) {
            differences.add("%s was nothing and is %s".formatted(at, value));
          }
        });
    return differences;
  }

  /** How many values there are in files. */
  static int values(SortedMap<String, JsonNode> files) {
    return flat(files).size();
  }

  private static String orNothing(@Nullable String text) {
    return text == null ? "nothing" : text;
  }

  private static SortedMap<String, String> flat(SortedMap<String, JsonNode> files) {
    SortedMap<String, String> flat = new TreeMap<>();
    files.forEach((name, json) -> flatten(name, json, flat));
    return flat;
  }

  private static void flatten(String path, JsonNode json, Map<String, String> flat) {
    if (json.isObject() && !json.isEmpty()) {
      json.properties()
          .forEach(member -> flatten(path + " " + member.getKey(), member.getValue(), flat));
    } else if (json.isArray() && !json.isEmpty()) {
      for (int i = 0; i < json.size(); i++) {
        flatten("%s [%03d]".formatted(path, i), json.get(i), flat);
      }
    } else {
      flat.put(path, json.toString());
    }
  }
}
