package io.relook.client.pictures;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is left out, in sentences: one for each kind, with its number, an example and the fix. */
public final class LeftOutText {
  private LeftOutText() {}

  /** Kinds of files that are left out. */
  private record Group(LeftOut.Reason reason, FileKind kind) {}

  /** A sentence for each kind. */
  public static List<String> lines(List<LeftOut> leftOut) {
    List<String> lines = new ArrayList<>();
    groups(leftOut).forEach((group, files) -> lines.add(line(group, files)));
    return lines;
  }

  /** One sentence for all, without what to do about them. */
  public static String summary(List<LeftOut> leftOut) {
    List<String> parts = new ArrayList<>();
    groups(leftOut)
        .forEach(
            (group, files) ->
                parts.add(
                    "%s (%s%s)"
                        .formatted(
                            title(group, files.size()),
                            files.get(0).file(),
                            files.size() > 1 ? ", …" : "")));
    return "%d %s left out: %s."
        .formatted(
            leftOut.size(),
            leftOut.size() == 1 ? "file was" : "files were",
            String.join(", ", parts));
  }

  private static Map<Group, List<LeftOut>> groups(List<LeftOut> leftOut) {
    Map<Group, List<LeftOut>> groups = new LinkedHashMap<>();
    for (LeftOut file : leftOut) {
      groups
          .computeIfAbsent(
              new Group(file.reason(), isByKind(file) ? file.kind() : FileKind.OTHER),
              group -> new ArrayList<>())
          .add(file);
    }
    return groups;
  }

  private static boolean isByKind(LeftOut file) {
    return switch (file.reason()) {
      case FORMAT, MASK_FORMAT, NOT_CONVERTED -> true;
      default -> false;
    };
  }

  /** The number of files and what they are. */
  private static String title(Group group, int n) {
    String kind = group.kind().title();
    return switch (group.reason()) {
      case FORMAT -> count(n, "picture") + " in the format " + kind;
      case NOT_CONVERTED -> count(n, "picture") + " in the format " + kind + " that cannot be PNG";
      case UNREADABLE -> count(n, "file") + " that cannot be read";
      case UNNAMEABLE -> count(n, "picture") + " without a name that can be sent";
      case NAMED_OTHERWISE -> count(n, "picture") + " with the name of another kind of file";
      case MASK_FORMAT -> count(n, "mask") + " in the format " + kind;
      case MASK_WITHOUT_PICTURE -> count(n, "mask") + " without a picture";
      case MASK_TWICE ->
          n == 1
              ? "1 mask more than its picture can have"
              : n + " masks more than their pictures can have";
      case MASK_BLANK ->
          n == 1
              ? "1 blank mask of an anomalous picture"
              : n + " blank masks of anomalous pictures";
      case MASK_UNUSABLE -> count(n, "mask") + " that cannot be used";
      case NOT_IN_TABLE -> count(n, "picture") + " without a label";
      case NO_SUCH_FILE -> count(n, "label") + " without a file";
      case MASK_OF_NORMAL ->
          n == 1 ? "1 blank mask of a normal picture" : n + " blank masks of normal pictures";
      case VALIDATION -> count(n, "picture") + " for validation";
      case HIDDEN -> count(n, "hidden file");
      case NO_PICTURE -> n == 1 ? "1 file that is no picture" : n + " files that are no pictures";
    };
  }

  private static String line(Group group, List<LeftOut> files) {
    LeftOut first = files.get(0);
    boolean one = files.size() == 1;
    String example = one ? first.file() : "such as " + first.file();
    String detail = first.detail().isEmpty() ? "" : (one ? " " : ", which ") + first.detail();
    String fix = fix(group, one);
    return "%s: %s%s.%s"
        .formatted(title(group, files.size()), example, detail, fix.isEmpty() ? "" : " " + fix);
  }

  /** What to do, or what happens; empty when the detail says it. */
  private static String fix(Group group, boolean one) {
    boolean converted = group.kind().use() == FileKind.Use.CONVERTED;
    return switch (group.reason()) {
      case FORMAT ->
          converted
              ? "Give --convert, which sends them as PNG without loss."
              : "Save them as PNG or JPEG.";
      case MASK_FORMAT ->
          converted
              ? "Give --convert, or save masks as PNG."
              : "JPEG changes colours: save masks as PNG.";
      case UNNAMEABLE, NAMED_OTHERWISE -> one ? "Rename it." : "Rename them.";
      case MASK_BLANK, MASK_UNUSABLE ->
          one ? "The picture is sent without mask." : "The pictures are sent without mask.";
      case MASK_OF_NORMAL -> one ? "It says what the label says." : "They say what the labels say.";
      default -> "";
    };
  }

  private static String count(int number, String thing) {
    return FolderAdvice.count(number, thing);
  }
}
