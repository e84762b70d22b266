package io.relook.client.pictures;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A CSV file that says the label of each picture, as VisA's {@code image_anno.csv}.
 *
 * @param name of the file
 */
record LabelTable(String name, List<Row> rows) {

  /** Headings, without what {@link FolderWord#plain} leaves out. */
  static final List<String> IMAGE =
      List.of("image", "file", "filename", "path", "filepath", "imagepath", "img");

  static final List<String> LABEL = List.of("label", "class", "defect", "defectclass", "anomaly");
  static final List<String> MASK = List.of("mask", "maskpath", "groundtruth");
  static final List<String> SPLIT = List.of("split", "set", "dataset", "subset");

  LabelTable {
    rows = List.copyOf(rows);
  }

  /**
   * A picture.
   *
   * @param line of the file, counted from 1
   * @param image as it is written, with slashes
   */
  record Row(
      long line, String image, String label, Optional<String> mask, Optional<String> split) {}

  /** Reads a file; nothing when it has no columns for picture and label. */
  static Optional<LabelTable> read(FoundFile file) {
    if (!FileKind.ending(file.name()).equals("csv")) {
      return Optional.empty();
    }
    try {
      String text = text(Files.readAllBytes(file.path()));
      String heading = text.lines().findFirst().orElse("");
      CSVFormat format =
          CSVFormat.DEFAULT
              .builder()
              .setDelimiter(delimiter(heading))
              .setTrim(true)
              .setIgnoreEmptyLines(true)
              .get();
      try (CSVParser parser = CSVParser.parse(text, format)) {
        return read(file.relative(), parser);
      }
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // no table, whatever else it is
    }
  }

  private static Optional<LabelTable> read(String name, CSVParser parser) {
    List<Row> rows = new ArrayList<>();
    int image = -1;
    int label = -1;
    int mask = -1;
    int split = -1;
    for (CSVRecord line : parser) {
      if (line.getRecordNumber() == 1) {
        List<String> headings = line.stream().map(FolderWord::plain).toList();
        image = column(headings, IMAGE);
        label = column(headings, LABEL);
        mask = column(headings, MASK);
        split = column(headings, SPLIT);
        if (image < 0 || label < 0) {
          return Optional.empty();
        }
      } else if (line.size() > image) {
        rows.add(
            new Row(
                parser.getCurrentLineNumber(),
                line.get(image).replace('\\', '/'),
                cell(line, label).orElse(""),
                cell(line, mask).map(path -> path.replace('\\', '/')),
                cell(line, split)));
      }
    }
    return rows.isEmpty() ? Optional.empty() : Optional.of(new LabelTable(name, rows));
  }

  /** Every row has a label in words. */
  void check() {
    for (Row row : rows) {
      if (row.label().isEmpty()) {
        throw refused(
            row, "has no label for %s: write normal or the name of the defect", row.image());
      }
    }
    if (rows.stream().map(Row::label).allMatch(Set.of("0", "1")::contains)) {
      throw new RelookException(
          Kind.USAGE,
          "The labels in %s are the numbers 0 and 1, and either may be the good one: write normal and the name of the defect."
              .formatted(name));
    }
  }

  RelookException refused(Row row, String predicate, Object... values) {
    return new RelookException(
        Kind.USAGE, "Line %d of %s %s.".formatted(row.line(), name, predicate.formatted(values)));
  }

  private static Optional<String> cell(CSVRecord line, int column) {
    return column < 0 || column >= line.size() || line.get(column).isBlank()
        ? Optional.empty()
        : Optional.of(line.get(column));
  }

  private static int column(List<String> headings, List<String> names) {
    for (String name : names) {
      int column = headings.indexOf(name);
      if (column >= 0) {
        return column;
      }
    }
    return -1;
  }

  private static char delimiter(String heading) {
    for (char delimiter : new char[] {';', '\t'}) {
      if (heading.indexOf(delimiter) >= 0) {
        return delimiter;
      }
    }
    return ',';
  }

  /** Spreadsheets write UTF-8, or the encoding of Windows in western languages. */
  private static String text(byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      text = new String(bytes, Charset.forName("windows-1252"));
    }
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}
