package io.relook.client.pictures;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What a person should look at before pictures are sent. */
final class FolderDoubts {
  private static final int EXAMPLES = 5;
  private static final String COMPOSED =
      " (letters such as \u00e4 are one character in one name and two in the other: rename a folder)";

  private static final Pattern BLANKS = Pattern.compile("[\\s_-]+");

  private final FolderScan scan;
  private final FolderOptions options;
  private final List<PlacedPicture> placed;
  private final List<List<PlacedPicture>> same;
  private final List<String> masksOfNormal = new ArrayList<>();
  private final List<String> repainted = new ArrayList<>();

  FolderDoubts(FolderScan scan, FolderOptions options, List<PlacedPicture> placed) {
    this.scan = scan;
    this.options = options;
    this.placed = placed;
    this.same = SamePictures.of(placed);
  }

  /** A mask marks a defect in a picture that is in a folder for normal ones. */
  void maskOfNormal(PlacedPicture picture, FoundFile mask) {
    masksOfNormal.add(
        "%s is normal, but its mask %s marks a defect"
            .formatted(picture.file().relative(), mask.relative()));
  }

  /** A mask has no white, or is one of several. */
  void maskIsRepainted(FoundFile mask) {
    repainted.add(mask.relative());
  }

  /** What is probably a mistake. */
  List<String> questions() {
    List<String> questions = new ArrayList<>();
    add(questions, masksOfNormal, "mask of a normal picture", "masks of normal pictures");
    sameUnderTwoLabels(questions);
    withoutNormal(questions);
    namesThatDifferInCase(questions);
    twins(questions);
    besideTheParts(questions);
    againstTheTable(questions);
    masksBeside(questions);
    return questions;
  }

  private static void add(List<String> to, List<String> found, String one, String several) {
    if (!found.isEmpty()) {
      to.add(
          "%d %s: %s%s."
              .formatted(
                  found.size(),
                  found.size() == 1 ? one : several,
                  String.join("; ", found.subList(0, Math.min(EXAMPLES, found.size()))),
                  found.size() > EXAMPLES ? "; and more" : ""));
    }
  }

  private void sameUnderTwoLabels(List<String> questions) {
    List<String> found = new ArrayList<>();
    for (List<PlacedPicture> equal : same) {
      PlacedPicture first = equal.get(0);
      equal.stream()
          .filter(other -> !other.defectClass().equals(first.defectClass()))
          .findFirst()
          .ifPresent(
              other ->
                  found.add(
                      "%s is %s, and %s is %s"
                          .formatted(
                              first.file().relative(),
                              first.labelled(),
                              other.file().relative(),
                              other.labelled())));
    }
    add(questions, found, "picture has two labels", "pictures have two labels");
  }

  private void withoutNormal(List<String> questions) {
    if (placed.stream().noneMatch(PlacedPicture::isNormal)) {
      Set<String> classes = new TreeSet<>();
      placed.forEach(picture -> picture.defectClass().ifPresent(classes::add));
      questions.add(
          "No picture is normal: none is in a folder %s or alike, and %s of %s. If one of these is normal, give --normal NAME."
              .formatted(
                  "good, normal, ok",
                  placed.size() == 1
                      ? "the only picture would be an anomaly"
                      : "all %d would be anomalies".formatted(placed.size()),
                  (classes.size() == 1 ? "the class " : "the classes ")
                      + String.join(", ", classes)));
    }
  }

  private void namesThatDifferInCase(List<String> questions) {
    Map<String, Set<String>> names = new TreeMap<>();
    placed.forEach(
        picture ->
            picture
                .defectClass()
                .ifPresent(
                    name -> names.computeIfAbsent(compared(name), n -> new TreeSet<>()).add(name)));
    List<String> found =
        names.values().stream()
            .filter(same -> same.size() > 1)
            .map(
                same ->
                    same.stream().allMatch(name -> name.equals(name.strip()))
                        ? String.join(" and ", same)
                        : "'" + String.join("' and '", same) + "'")
            .map(text -> text.equals(FoundFile.composed(text)) ? text : text + COMPOSED)
            .toList();
    add(questions, found, "class is written in two ways", "classes are written in two ways");
  }

  /** Names that look alike: in another case, with other blanks, or in another form of Unicode. */
  private static String compared(String name) {
    return BLANKS.matcher(FoundFile.key(name).strip()).replaceAll(" ");
  }

  /** {@code 7.jpg} and {@code 7.png} in one folder: two pictures, copies, or picture and mask. */
  private void twins(List<String> questions) {
    Map<String, FoundFile> seen = new HashMap<>();
    List<String> found = new ArrayList<>();
    for (PlacedPicture picture : placed) {
      FoundFile file = picture.file();
      FoundFile other = seen.putIfAbsent(file.folders() + "/" + file.stem(), file);
      if (other != null) {
        found.add("%s and %s".formatted(other.relative(), file.relative()));
      }
    }
    add(
        questions,
        found,
        "pair of pictures has one name, as a copy or a mask would",
        "pairs of pictures have one name, as copies or masks would");
  }

  private void besideTheParts(List<String> questions) {
    Set<String> without = new LinkedHashSet<>();
    boolean with = false;
    for (PlacedPicture picture : placed) {
      if (picture.dataset().isPresent()) {
        with = true;
      } else if (!picture.file().folders().isEmpty()) {
        without.add(picture.file().folders().get(0));
      }
    }
    if (with && !without.isEmpty() && !options.wholeInOneDataset()) {
      questions.add(
          "Some pictures are in train/ or test/, but those in %s are beside: they would go to the data set for training."
              .formatted(String.join(", ", without)));
    }
  }

  /** A table says normal, and the folder says otherwise. */
  private void againstTheTable(List<String> questions) {
    List<String> found = new ArrayList<>();
    for (PlacedPicture picture : placed) {
      for (String folder : picture.file().folders()) {
        FolderWord word = options.word(folder);
        if (word.isLabel() && (word == FolderWord.NORMAL) != picture.isNormal()) {
          found.add("%s is %s".formatted(picture.file().relative(), picture.labelled()));
          break;
        }
      }
    }
    add(
        questions,
        found,
        "picture has another label in the table than its folder says",
        "pictures have another label in the table than their folders say");
  }

  private void masksBeside(List<String> questions) {
    boolean container = options.word(FileName.of(scan.root()).text()) == FolderWord.CONTAINER;
    List<String> masks =
        scan.siblings().stream().filter(name -> options.word(name) == FolderWord.MASKS).toList();
    if (container && !masks.isEmpty()) {
      questions.add(
          "There is a folder %s beside this one, whose masks would not be sent: give %s to send them too."
              .formatted(masks.get(0), scan.root().getParent()));
    }
  }

  /** Classes of which nothing is sent, since their pictures are of another format. */
  private void classesLeftOut(List<String> notes, List<FoundFile> notTaken) {
    Set<String> labels = new LinkedHashSet<>();
    for (FoundFile file : notTaken) {
      if (Placement.of(file, options) instanceof Placement.Placed in) {
        labels.add(in.picture().defectClass().map(name -> "of class " + name).orElse("normal"));
      }
    }
    placed.forEach(
        picture ->
            labels.remove(picture.defectClass().map(name -> "of class " + name).orElse("normal")));
    labels.forEach(label -> notes.add("No picture %s is sent: all are left out.".formatted(label)));
  }

  /** What was understood, where it is not obvious. */
  List<String> notes(Optional<LabelTable> table, List<FoundFile> notTaken) {
    List<String> notes = new ArrayList<>();
    if (table.isEmpty()) {
      classesLeftOut(notes, notTaken);
    }
    if (table.isEmpty()) {
      scan.files().stream()
          .filter(file -> file.folders().isEmpty() && LabelTable.isNamedSo(file))
          .forEach(file -> notes.add(LabelTable.notUnderstood(file.name())));
    }
    if (!scan.empty().isEmpty()) {
      notes.add(
          "%s no files: %s."
              .formatted(
                  scan.empty().size() == 1 ? "1 folder has" : scan.empty().size() + " folders have",
                  FolderAdvice.listed(scan.empty())));
    }
    table.ifPresent(
        used ->
            notes.add(
                "The labels are those of %s; the names of the folders do not count.%s"
                    .formatted(
                        used.name(),
                        used.notRead().isEmpty()
                            ? ""
                            : " Not read there: %s."
                                .formatted(String.join(", ", used.notRead())))));
    long converted =
        scan.files().stream().filter(file -> !file.path().startsWith(scan.root())).count();
    if (converted > 0) {
      notes.add(
          converted == 1
              ? "1 file is sent as PNG, without loss."
              : converted + " files are sent as PNG, without loss.");
    }
    if (!repainted.isEmpty()) {
      notes.add(
          "%s without white, or in several parts, such as %s: all that is not black is sent as the defect."
              .formatted(FolderAdvice.count(repainted.size(), "mask"), repainted.get(0)));
    }
    int twice = 0;
    String example = "";
    int inBoth = 0;
    for (List<PlacedPicture> equal : same) {
      if (equal.stream().map(PlacedPicture::defectClass).distinct().count() == 1) {
        twice += equal.size() - 1;
        example = equal.get(0).file().relative();
        inBoth += equal.stream().map(PlacedPicture::dataset).distinct().count() > 1 ? 1 : 0;
      }
    }
    if (twice > 0) {
      notes.add(
          "%s there more than once%s, such as %s."
              .formatted(
                  twice == 1 ? "1 picture is" : twice + " pictures are",
                  inBoth > 0 ? ", of which %d in train/ and in test/".formatted(inBoth) : "",
                  example));
    }
    return notes;
  }
}
