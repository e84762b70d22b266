package io.relook.client.pictures;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a folder that is not understood, and which folder was probably meant. */
final class FolderAdvice {
  private static final int NAMED = 5;

  private final FolderScan scan;
  private final FolderOptions options;
  private final Map<FoundFile, Placement> refused = new LinkedHashMap<>();

  FolderAdvice(FolderScan scan, FolderOptions options) {
    this.scan = scan;
    this.options = options;
  }

  /** Remembers a picture that has no place. */
  void add(FoundFile picture, Placement placement) {
    refused.put(picture, placement);
  }

  /**
   * Refuses the folder if there is a reason.
   *
   * @throws RelookException with the first reason
   */
  void refuse(List<PlacedPicture> placed, List<FoundFile> notTaken) {
    refusePart(placed);
    refuseTooHigh(placed, notTaken);
    refuseValidation();
    refuseStrays();
    refuseDoubtful();
    refuseMasksAsClass(placed);
  }

  /** The folder has no picture that can be sent. */
  RelookException nothingToSend(int masks, List<LeftOut> leftOut) {
    List<LeftOut> losses = leftOut.stream().filter(file -> file.reason().isLoss()).toList();
    String found = "";
    List<String> lines = LeftOutText.lines(losses);
    if (!losses.isEmpty()) {
      found = " " + lines.get(0) + (lines.size() > 1 ? " There is more." : "");
    } else if (masks > 0) {
      found =
          " There %s: %s."
              .formatted(
                  masks == 1
                      ? "is 1 mask, but no picture that it belongs to"
                      : "are " + masks + " masks, but no pictures that they belong to",
                  ownWord() == FolderWord.MASKS
                      ? "give the folder above, " + meant(scan.root())
                      : "give the folder that holds both");
    }
    return new RelookException(
        Kind.USAGE,
        "The folder %s has no pictures (JPEG, PNG) in class folders such as good/.%s"
            .formatted(scan.root(), found));
  }

  /** Tables of labels in folders below: those folders are meant. */
  void refuseTablesBelow(List<FoundFile> others) {
    List<String> sets =
        others.stream()
            .filter(file -> file.folders().size() == 1 && !FolderLayout.isHidden(file))
            .filter(file -> holdsPictures(file.folders().get(0)))
            .filter(file -> LabelTable.read(file).isPresent())
            .map(file -> file.folders().get(0))
            .distinct()
            .toList();
    if (!sets.isEmpty()) {
      throw tooHigh(sets);
    }
  }

  private boolean holdsPictures(String folder) {
    return scan.files().stream()
        .anyMatch(
            file ->
                !file.folders().isEmpty()
                    && file.folders().get(0).equals(folder)
                    && file.kind().isPicture());
  }

  /** The folder is a part of what was meant. */
  private void refusePart(List<PlacedPicture> placed) {
    FolderWord own = ownWord();
    List<FolderWord> beside = scan.siblings().stream().map(options::word).toList();
    boolean partsBeside =
        beside.stream().anyMatch(word -> word.isSplit() || word == FolderWord.MASKS);
    if (own.isSplit() && partsBeside && !options.wholeInOneDataset()) {
      throw usage(
          "The folder %s is one part of %s: give %s, so that the name of the part counts, or send this part alone with --dataset train or --dataset test.",
          scan.root(), meant(scan.root()), meant(scan.root()));
    }
    boolean picturesBeside =
        partsBeside || beside.contains(FolderWord.NORMAL) || beside.contains(FolderWord.CONTAINER);
    if (own == FolderWord.MASKS && picturesBeside) {
      throw usage(
          "The folder %s has the name of a folder of masks, and their pictures are beside it: give %s.",
          scan.root(), meant(scan.root()));
    }
    boolean picturesHere =
        refused.entrySet().stream()
            .anyMatch(
                entry ->
                    entry.getValue() instanceof Placement.Stray
                        && entry.getKey().folders().isEmpty());
    boolean classesBeside =
        beside.stream().anyMatch(FolderWord::isLabel)
            || FolderWord.of(nameOf(scan.root().getParent())).isSplit()
            || FolderWord.of(nameOf(scan.root().getParent())).isLabel();
    if (placed.isEmpty()
        && picturesHere
        && (own.isLabel() || own == FolderWord.CLASS)
        && classesBeside) {
      throw usage(
          "The folder %s is one level too low: it holds the pictures of one class, and the class is read from the name of a folder. Give %s.",
          scan.root(), meant(scan.root()));
    }
    if (placed.isEmpty() && picturesHere && own.isLabel()) {
      throw usage(
          "The folder %s is one level too low: its own name would be the class. Give the folder above, %s, if it holds nothing else, or a new folder with this one in it.",
          scan.root(), String.valueOf(scan.root().getParent()));
    }
  }

  private void refuseTooHigh(List<PlacedPicture> placed, List<FoundFile> notTaken) {
    List<String> sets = new ArrayList<>();
    Optional<Placement.Holds> first = Optional.empty();
    Optional<FoundFile> example = Optional.empty();
    boolean onlySets = true;
    for (Map.Entry<FoundFile, Placement> entry : refused.entrySet()) {
      if (entry.getValue() instanceof Placement.Holds holds) {
        List<String> above = entry.getKey().folders().subList(0, holds.depth());
        String set = String.join("/", above);
        if (!sets.contains(set)) {
          sets.add(set);
        }
        FolderWord last = options.word(above.get(above.size() - 1));
        onlySets &= last == FolderWord.CLASS || last == FolderWord.CONTAINER;
        if (first.isEmpty()) {
          first = Optional.of(holds);
          example = Optional.of(entry.getKey());
        }
      }
    }
    if (first.isEmpty() || example.isEmpty()) {
      return;
    }
    boolean normalElsewhere =
        placed.stream()
            .anyMatch(
                picture ->
                    picture.isNormal()
                        && sets.stream()
                            .noneMatch(set -> picture.file().relative().startsWith(set + "/")));
    if (onlySets && !normalElsewhere) {
      // A set is one even if all of its pictures are BMP, as in BTAD.
      for (FoundFile file : notTaken) {
        if (Placement.of(file, options) instanceof Placement.Holds holds) {
          sets.add(String.join("/", file.folders().subList(0, holds.depth())));
        }
      }
      throw tooHigh(sets.stream().distinct().sorted().toList());
    }
    String folder = sets.get(0);
    FolderWord outer = options.word(example.get().folders().get(first.get().depth() - 1));
    boolean partInside = outer.isLabel() && options.word(first.get().inner()).isSplit();
    if (partInside && !above(example.get(), first.get())) {
      throw usage(
          "The folder %s is in %s, such as %s: a part comes first, with the class folders in it, as in %s/%s.",
          first.get().inner(), folder, example.get().relative(), first.get().inner(), folder);
    }
    throw usage(
        "The folder %s %s, but there is %s/ in it, such as %s: move what is another set of pictures out of %s.",
        folder,
        switch (outer) {
          case NORMAL -> "holds normal pictures";
          case ANOMALOUS -> "holds anomalies";
          case TRAIN, TEST, VALIDATION -> "is one part of the pictures";
          default -> "would become a defect class";
        },
        first.get().inner(),
        example.get().relative(),
        scan.root());
  }

  /** Whether a folder above the inner one names a part already. */
  private boolean above(FoundFile file, Placement.Holds holds) {
    return file.folders().subList(0, holds.depth()).stream()
        .anyMatch(name -> options.word(name).isSplit());
  }

  private RelookException tooHigh(List<String> sets) {
    if (sets.size() == 1) {
      return usage(
          "The folder %s is too high: the pictures and their labels are in %s. Give that folder.",
          scan.root(), below(sets.get(0)));
    }
    return usage(
        "The folder %s is too high: it holds %d sets of pictures, %s. Send each into a project of its own, for instance %s.",
        scan.root(), sets.size(), listed(sets), below(sets.get(0)));
  }

  private void refuseValidation() {
    List<String> names = new ArrayList<>();
    for (Placement placement : refused.values()) {
      if (placement instanceof Placement.InValidation in) {
        names.add(in.name());
      }
    }
    if (!names.isEmpty()) {
      throw usage(
          "The folder %s holds %s for validation, and relook has data sets for training and testing only: give --validation train, --validation test or --validation skip.",
          names.get(0), count(names.size(), "picture"));
    }
  }

  private void refuseStrays() {
    List<FoundFile> strays =
        refused.entrySet().stream()
            .filter(entry -> entry.getValue() instanceof Placement.Stray)
            .map(Map.Entry::getKey)
            .toList();
    if (!strays.isEmpty()) {
      throw usage(
          "%s not in a class folder%s: move good pictures to good/ and others to a folder with the name of their defect.%s",
          strays.size() == 1
              ? "The picture " + below(strays.get(0).relative()) + " is"
              : strays.size() + " pictures are",
          strays.size() == 1 ? "" : ", such as " + below(strays.get(0).relative()),
          scan.files().stream()
              .filter(file -> file.folders().isEmpty() && LabelTable.isNamedSo(file))
              .findFirst()
              .map(file -> " " + LabelTable.notUnderstood(file.name()))
              .orElse(""));
    }
  }

  private void refuseDoubtful() {
    for (Placement placement : refused.values()) {
      if (placement instanceof Placement.Doubtful doubtful) {
        String name = doubtful.name();
        throw switch (doubtful.almost()) {
          case NORMAL ->
              usage(
                  "The folder %s sounds as if its pictures were normal, but its name is not known: give --normal \"%s\" if they are, or --anomaly \"%s\" if it is a defect class.",
                  name, name, name);
          case MASKS ->
              usage(
                  "The folder %s sounds as if it held masks: name it masks, or give --anomaly \"%s\" if it is a defect class.",
                  name, name);
          case UNLABELLED ->
              usage(
                  "The folder %s sounds as if nobody had labelled its pictures: move it out of %s, or give --anomaly \"%s\" if it is a defect class.",
                  name, scan.root(), name);
          default ->
              usage(
                  "The folder %s sounds like a part of the pictures, but its name is not known: name it train or test, with class folders in it, or give --anomaly \"%s\" if it is a defect class.",
                  name, name);
        };
      }
    }
  }

  /** A defect class whose pictures are black with one other colour is a folder of masks. */
  private void refuseMasksAsClass(List<PlacedPicture> placed) {
    // Against a bright background, good parts are black and white as well.
    boolean normalToo =
        placed.stream()
            .filter(PlacedPicture::isNormal)
            .limit(NAMED)
            .anyMatch(p -> MaskContent.isBlackAndWhite(p.file().path()));
    Map<String, List<PlacedPicture>> classes = new LinkedHashMap<>();
    for (PlacedPicture picture : placed) {
      String name = picture.defectClass().orElse("");
      if (!name.isEmpty() && options.anomaly().stream().noneMatch(name::equalsIgnoreCase)) {
        String folder = String.join("/", picture.file().folders());
        classes.computeIfAbsent(folder, f -> new ArrayList<>()).add(picture);
      }
    }
    classes.forEach(
        (folder, pictures) -> {
          boolean named =
              pictures.stream().allMatch(p -> MaskPairing.pictureOf(p.file().key()).isPresent());
          boolean drawn =
              !normalToo
                  && (pictures.stream()
                          .limit(NAMED)
                          .allMatch(p -> MaskContent.isTwoColoured(p.file().path()))
                      || pictures.stream()
                          .limit(NAMED)
                          .allMatch(p -> MaskContent.isBlackAndWhite(p.file().path())));
          if (named || drawn) {
            throw usage(
                "The pictures in %s, such as %s, %s: they are masks. Name their folder masks, or give --anomaly \"%s\" if it is a defect class.",
                folder,
                pictures.get(0).file().relative(),
                drawn
                    ? "are black and white, or black and one other colour"
                    : "have the names of masks",
                pictures.get(0).defectClass().orElse(""));
          }
        });
  }

  /** As text, since a name may be no path in this locale. */
  private String below(String relative) {
    return scan.root() + "/" + relative;
  }

  private FolderWord ownWord() {
    return options.word(FileName.of(scan.root()).text());
  }

  /** The folder above all parts, classes and containers that this one is in. */
  private Path meant(Path folder) {
    Path parent = folder.getParent();
    if (parent == null) {
      return folder;
    }
    FolderWord word = options.word(nameOf(parent));
    boolean inside = word.isSplit() || word.isLabel() || word == FolderWord.MASKS;
    return inside ? meant(parent) : parent;
  }

  private static String nameOf(@Nullable Path folder) {
    return folder == null ? "" : FileName.of(folder).text();
  }

  static String listed(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
        + (names.size() > NAMED ? " and %d more".formatted(names.size() - NAMED) : "");
  }

  static String count(int number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  private static RelookException usage(String sentence, Object... values) {
    return new RelookException(Kind.USAGE, sentence.formatted(values));
  }
}
