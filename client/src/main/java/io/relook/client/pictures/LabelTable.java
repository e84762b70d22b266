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
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A CSV file that says the label of each picture, as VisA's {@code image_anno.csv}.
 *
 * @param name of the file
 * @param notRead headings of further columns that could be meant for the label
 */
record LabelTable(String name, List<Row> rows, List<String> notRead) {

  /** Headings, without what {@link FolderWord#plain} leaves out. */
  static final List<String> IMAGE =
      List.of("image", "file", "filename", "path", "filepath", "imagepath", "img");

  private static final Set<String> ENDINGS = Set.of("csv", "tsv");

  /** What stands in a cell that says nothing. */
  private static final Set<String> NOTHING = Set.of("n/a", "na", "none", "null", "nan", "?", "-");

  static final List<String> LABEL = List.of("label", "class", "defect", "defectclass", "anomaly");

  /** Where a column says only that there is an anomaly, one of these may say which. */
  private static final List<String> DEFECT = List.of("defect", "defectclass", "defecttype");

  static final List<String> MASK = List.of("mask", "maskpath", "groundtruth");
  static final List<String> SPLIT = List.of("split", "set", "dataset", "subset");

  LabelTable {
    rows = List.copyOf(rows);
    notRead = List.copyOf(notRead);
  }

  /**
   * A picture.
   *
   * @param line of the file, counted from 1
   * @param image as it is written, with slashes
   */
  record Row(
      long line, String image, String label, Optional<String> mask, Optional<String> split) {}

  /** Whether a file has the name of a table. */
  static boolean isNamedSo(FoundFile file) {
    return file.kind() == FileKind.OTHER
        && ENDINGS.contains(FileKind.ending(file.name()))
        && !FolderWord.isHidden(file.name());
  }

  /** What is said of a file that has such a name, and is no table of labels. */
  static String notUnderstood(String file) {
    return "%s is not read as a table of labels: it needs a first line with the columns image and label, and quotation marks in pairs."
        .formatted(file);
  }

  /** Reads a file; nothing when it has no columns for picture and label. */
  static Optional<LabelTable> read(FoundFile file) {
    if (!isNamedSo(file)) {
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
    int defect = -1;
    int mask = -1;
    List<String> notRead = List.of();
    int split = -1;
    for (CSVRecord line : parser) {
      if (line.getRecordNumber() == 1) {
        List<String> headings = line.stream().map(FolderWord::plain).toList();
        image = column(headings, IMAGE);
        label = column(headings, LABEL);
        defect = column(headings, DEFECT);
        mask = column(headings, MASK);
        List<String> read =
            List.of(label, defect).stream().filter(c -> c >= 0).map(headings::get).toList();
        notRead =
            line.stream()
                .filter(heading -> LABEL.contains(FolderWord.plain(heading)))
                .filter(heading -> !read.contains(FolderWord.plain(heading)))
                .toList();
        split = column(headings, SPLIT);
        if (image < 0 || label < 0) {
          return Optional.empty();
        }
      } else if (line.size() > image) {
        rows.add(
            new Row(
                parser.getCurrentLineNumber(),
                line.get(image).replace('\\', '/'),
                label(cell(line, label).orElse(""), cell(line, defect)),
                cell(line, mask).map(path -> path.replace('\\', '/')),
                cell(line, split)));
      }
    }
    return rows.isEmpty() ? Optional.empty() : Optional.of(new LabelTable(name, rows, notRead));
  }

  /** Every row has a label in words. */
  void check(FolderOptions options) {
    for (Row row : rows) {
      if (row.label().isEmpty()) {
        throw refused(
            row, "has no label for %s: write normal or the name of the defect", row.image());
      }
    }
    for (Row row : rows) {
      if (!options.isClass(row.label())
          && (NOTHING.contains(row.label().toLowerCase(Locale.ROOT))
              || FolderWord.of(row.label()) == FolderWord.UNLABELLED)) {
        throw refused(
            row,
            "has the label %s for %s, which says neither normal nor a defect: correct it, or give --anomaly \"%s\" if it is a defect class",
            row.label(),
            row.image(),
            row.label());
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

  private static String label(String label, Optional<String> defect) {
    return FolderWord.of(label) == FolderWord.ANOMALOUS ? defect.orElse(label) : label;
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

  /**
   * Spreadsheets write UTF-8, UTF-16 with its mark, or the encoding of Windows in western
   * languages.
   */
  private static String text(byte[] bytes) {
    String text;
    int mark = bytes.length < 2 ? 0 : (bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF);
    if (mark == 0xFFFE || mark == 0xFEFF) {
      return new String(bytes, StandardCharsets.UTF_16);
    }
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      text = new String(bytes, Charset.forName("windows-1252"));
    }
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}
