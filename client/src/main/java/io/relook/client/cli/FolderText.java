package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.ImageSource;
import io.relook.client.pictures.ImageFolder;
import io.relook.client.pictures.LeftOut;
import io.relook.client.pictures.LeftOutText;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What was understood of a folder, for people and for scripts. */
public final class FolderText {
  private FolderText() {}

  /** A line of the table: pictures of one class in one data set. */
  private record Row(DatasetType dataset, Label label, String defectClass) {
    static final Comparator<Row> ORDER =
        Comparator.comparing(Row::dataset)
            .thenComparing(row -> row.label() != Label.NORMAL)
            .thenComparing(Row::defectClass);
  }

  /** Pictures and masks of a line. */
  private record Count(int pictures, int masks) {
    Count plus(Count other) {
      return new Count(pictures + other.pictures, masks + other.masks);
    }
  }

  /**
   * The table of what would be sent, what is left out, and what to look at.
   *
   * @param otherwise the data set of pictures whose folders name none
   * @param dataset that of all pictures, if the person named one
   */
  public static String of(
      ImageFolder folder, DatasetType otherwise, Optional<DatasetType> dataset) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("DATA SET", "LABEL", "CLASS", "PICTURES", "MASKS"));
    Count total = new Count(0, 0);
    for (Map.Entry<Row, Count> entry : rows(folder, otherwise, dataset).entrySet()) {
      Row row = entry.getKey();
      Count count = entry.getValue();
      total = total.plus(count);
      rows.add(
          List.of(
              name(row.dataset()),
              row.label() == Label.NORMAL ? "normal" : "anomaly",
              row.defectClass().isEmpty() ? "-" : row.defectClass(),
              Integer.toString(count.pictures()),
              Integer.toString(count.masks())));
    }
    rows.add(
        List.of(
            "all", "", "", Integer.toString(total.pictures()), Integer.toString(total.masks())));
    List<String> lines = new ArrayList<>();
    lines.add("In " + folder.name() + ":");
    lines.add(Text.table(rows));
    section(lines, "Left out:", LeftOutText.lines(folder.leftOut()));
    section(lines, "To know:", folder.notes());
    section(lines, "Probably a mistake:", folder.questions());
    return String.join(System.lineSeparator(), lines);
  }

  private static void section(List<String> lines, String heading, List<String> sentences) {
    if (!sentences.isEmpty()) {
      lines.add(heading);
      sentences.forEach(sentence -> lines.add("  " + sentence));
    }
  }

  /** The sentence about losses at the end of a command. */
  static String losses(List<LeftOut> losses) {
    return LeftOutText.summary(losses) + " Give --skip-unreadable if that is right.";
  }

  /** The same for scripts. */
  static ObjectNode json(ImageFolder folder, DatasetType otherwise, Optional<DatasetType> dataset) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode pictures = json.putArray("pictures");
    rows(folder, otherwise, dataset)
        .forEach(
            (row, count) -> {
              ObjectNode line = pictures.addObject();
              line.put("dataset", name(row.dataset()));
              line.put("label", row.label().name().toLowerCase(Locale.ROOT));
              if (!row.defectClass().isEmpty()) {
                line.put("defectClass", row.defectClass());
              }
              line.put("pictures", count.pictures());
              line.put("masks", count.masks());
            });
    leftOut(json, folder);
    ArrayNode notes = json.putArray("notes");
    folder.notes().forEach(notes::add);
    ArrayNode questions = json.putArray("questions");
    folder.questions().forEach(questions::add);
    return json;
  }

  /** Adds each file that is left out. */
  static void leftOut(ObjectNode json, ImageFolder folder) {
    ArrayNode leftOut = json.putArray("leftOut");
    for (LeftOut file : folder.leftOut()) {
      ObjectNode line = leftOut.addObject();
      line.put("file", file.file());
      line.put("reason", file.reason().name());
      line.put("kind", file.kind().title());
      line.put("loss", file.reason().isLoss());
      if (!file.detail().isEmpty()) {
        line.put("detail", file.detail());
      }
    }
  }

  private static Map<Row, Count> rows(
      ImageFolder folder, DatasetType otherwise, Optional<DatasetType> dataset) {
    Map<Row, Count> rows = new TreeMap<>(Row.ORDER);
    for (ImageSource image : folder.images()) {
      Row row =
          new Row(
              dataset.or(image::dataset).orElse(otherwise),
              image.label(),
              image.defectClass().orElse(""));
      rows.merge(row, new Count(1, image.mask().isPresent() ? 1 : 0), Count::plus);
    }
    return rows;
  }

  private static String name(DatasetType dataset) {
    return dataset.name().toLowerCase(Locale.ROOT);
  }
}
