package io.relook.client.pictures;

import io.relook.client.ImageSource;
import io.relook.client.ImageSource.Content;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.pictures.LeftOut.Reason;
import io.relook.schemas.NameLengths;
import io.relook.wire.Label;
import io.relook.wire.MaskColor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides what each file of a folder is. Nothing is guessed in silence: what is not understood is
 * refused with a sentence, what is left out is named, what is probably a mistake is a question.
 */
final class FolderLayout {
  /** Defect classes have at most so many characters, in the rules of the job. */
  private static final int MAX_DEFECT_CLASS = 256;

  private final FolderScan scan;
  private final FolderOptions options;
  private final String prefix;
  private final List<LeftOut> leftOut = new ArrayList<>();
  private final List<FoundFile> pictures = new ArrayList<>();
  private final List<FoundFile> masks = new ArrayList<>();
  private final List<FoundFile> others = new ArrayList<>();
  private final List<FoundFile> notTaken = new ArrayList<>();

  private FolderLayout(FolderScan scan, FolderOptions options) {
    this.scan = scan;
    this.options = options;
    String name = FileName.of(scan.root()).text();
    this.prefix = name.isEmpty() ? "" : name + "/";
  }

  /**
   * Reads a folder.
   *
   * @throws RelookException when it is not understood
   */
  static ImageFolder read(FolderScan scan, FolderOptions options) {
    return new FolderLayout(scan, options).read();
  }

  /** Whether a person did not put the file there. */
  static boolean isHidden(FoundFile file) {
    return FolderWord.isHidden(file.name())
        || file.folders().stream().anyMatch(FolderWord::isHidden);
  }

  private ImageFolder read() {
    if (!FileName.of(scan.root()).isText()) {
      throw new RelookException(
          Kind.USAGE,
          "The name of the folder %s is not UTF-8 text, and it is part of every source reference: rename the folder."
              .formatted(FileName.of(scan.root()).text()));
    }
    FolderAdvice advice = new FolderAdvice(scan, options);
    sort();
    Optional<LabelTable> table = table(advice);
    List<PlacedPicture> placed = table.isPresent() ? byTable(table.get()) : byFolders(advice);
    if (placed.isEmpty()) {
      throw advice.nothingToSend(masks.size(), leftOut);
    }
    checkReferences(placed);
    FolderDoubts doubts = new FolderDoubts(scan, options, placed);
    List<ImageSource> images = new ArrayList<>();
    int used = 0;
    MaskPairing.Pairs pairs = MaskPairing.of(placed, masks, options);
    leftOut.addAll(pairs.leftOut());
    for (PlacedPicture picture : placed) {
      List<FoundFile> given = pairs.masks().getOrDefault(picture, List.of());
      Optional<Content> mask = mask(picture, given, doubts);
      used += mask.isPresent() ? given.size() : 0;
      images.add(image(picture, mask));
    }
    leftOut.addAll(others.stream().map(FolderLayout::other).toList());
    leftOut.sort(Comparator.comparing(LeftOut::file));
    return new ImageFolder(
        FileName.of(scan.root()).text(),
        images,
        used,
        leftOut,
        doubts.questions(),
        doubts.notes(table, notTaken));
  }

  /** Tells pictures, masks and others apart, and leaves out what cannot be either. */
  private void sort() {
    Set<String> stems =
        scan.files().stream()
            .filter(file -> file.kind().isPicture())
            .map(file -> file.folders() + "/" + file.key())
            .collect(Collectors.toCollection(HashSet::new));
    Set<String> jpegs =
        scan.files().stream()
            .filter(file -> file.kind() == FileKind.JPEG)
            .map(file -> file.folders() + "/" + file.key())
            .collect(Collectors.toCollection(HashSet::new));
    for (FoundFile file : scan.files()) {
      if (isHidden(file)) {
        leaveOut(file, Reason.HIDDEN, "");
      } else if (!file.kind().isPicture()) {
        others.add(file);
      } else if (!file.nameable()) {
        leaveOut(file, Reason.UNNAMEABLE, "has a name that is not UTF-8 text");
      } else if (isMask(file, stems, jpegs)) {
        if (file.isUsable() && file.kind() == FileKind.PNG) {
          masks.add(file);
        } else {
          leaveOut(
              file,
              file.kind() == FileKind.JPEG || file.kind().use() == FileKind.Use.CONVERTED
                  ? Reason.MASK_FORMAT
                  : reason(file),
              file.trouble().orElse(jpegMask(file)));
        }
      } else if (!file.isUsable()) {
        leaveOut(file, reason(file), file.trouble().orElse(""));
        notTaken.add(file);
      } else if (FileKind.ending(file.name()).isEmpty()
          || FileKind.named(file.name()).isPresent()) {
        pictures.add(file);
      } else {
        leaveOut(
            file,
            Reason.NAMED_OTHERWISE,
            "is %s, but its name ends with .%s"
                .formatted(file.kind().title(), FileKind.ending(file.name())));
      }
    }
  }

  private boolean isMask(FoundFile file, Set<String> stems, Set<String> jpegs) {
    boolean besideItsPicture =
        file.isUsable()
            && file.kind() == FileKind.PNG
            && jpegs.contains(file.folders() + "/" + file.key())
            && MaskContent.isTwoColoured(file.path());
    return besideItsPicture
        || file.folders().stream().anyMatch(name -> options.word(name) == FolderWord.MASKS)
        || MaskPairing.pictureOf(file.key())
            .filter(stem -> stems.contains(file.folders() + "/" + stem))
            .isPresent();
  }

  /** A photograph in a folder of masks is perhaps no mask. */
  private String jpegMask(FoundFile file) {
    return file.kind() == FileKind.JPEG && !MaskContent.isBlackAndWhite(file.path())
        ? file.folders().stream()
            .filter(name -> options.word(name) == FolderWord.MASKS)
            .findFirst()
            .map(
                "looks like a photograph (give --anomaly \"%s\" if that is a defect class)"
                    ::formatted)
            .orElse("")
        : "";
  }

  private static Reason reason(FoundFile file) {
    if (file.kind().use() == FileKind.Use.CONVERTED && file.trouble().isPresent()) {
      return Reason.NOT_CONVERTED;
    }
    return file.kind() == FileKind.UNREADABLE || file.trouble().isPresent()
        ? Reason.UNREADABLE
        : Reason.FORMAT;
  }

  private void leaveOut(FoundFile file, Reason reason, String detail) {
    leftOut.add(new LeftOut(file.onDisk(), reason, file.kind(), detail));
  }

  private static LeftOut other(FoundFile file) {
    return new LeftOut(file.onDisk(), Reason.NO_PICTURE, file.kind(), "");
  }

  private Optional<LabelTable> table(FolderAdvice advice) {
    List<LabelTable> tables =
        others.stream()
            .filter(file -> file.folders().isEmpty())
            .flatMap(file -> LabelTable.read(file).stream())
            .toList();
    if (tables.size() > 1) {
      throw new RelookException(
          Kind.USAGE,
          "The folder has more than one table of labels, %s and %s: keep one of them there."
              .formatted(tables.get(0).name(), tables.get(1).name()));
    }
    if (tables.isEmpty()) {
      advice.refuseTablesBelow(others);
    }
    return tables.stream().findFirst();
  }

  private List<PlacedPicture> byTable(LabelTable table) {
    TablePlacement.Result result = TablePlacement.of(table, pictures, masks, options);
    if (result.pictures().isEmpty()) {
      throw new RelookException(
          Kind.USAGE,
          "The table of labels %s names none of the pictures (JPEG, PNG) here, but for example %s: correct its paths, or move it away if the names of the folders are the labels."
              .formatted(table.name(), table.rows().get(0).image()));
    }
    for (FoundFile picture : result.unnamed()) {
      leaveOut(picture, Reason.NOT_IN_TABLE, "has no line in " + table.name());
    }
    Set<String> known =
        leftOut.stream().map(file -> FoundFile.key(file.file())).collect(Collectors.toSet());
    result.missing().stream()
        .filter(file -> file.reason() != Reason.NO_SUCH_FILE || !isKnown(file.file(), known))
        .forEach(leftOut::add);
    return new ArrayList<>(result.pictures());
  }

  /** Whether a file of this path, or of the end of it, is left out already. */
  private static boolean isKnown(String path, Set<String> known) {
    String rest = FoundFile.key(path);
    while (!known.contains(rest) && rest.indexOf('/') >= 0) {
      rest = rest.substring(rest.indexOf('/') + 1);
    }
    return known.contains(rest);
  }

  private List<PlacedPicture> byFolders(FolderAdvice advice) {
    List<PlacedPicture> placed = new ArrayList<>();
    for (FoundFile picture : pictures) {
      Placement placement = Placement.of(picture, options);
      if (placement instanceof Placement.Placed in) {
        placed.add(in.picture());
      } else if (placement instanceof Placement.Skipped) {
        leaveOut(picture, Reason.VALIDATION, "");
      } else {
        advice.add(picture, placement);
      }
    }
    advice.refuse(placed, notTaken);
    placed.removeIf(this::isMaskWithoutPicture);
    return placed;
  }

  /** A mask that stands beside pictures, and its own is not there. */
  private boolean isMaskWithoutPicture(PlacedPicture placed) {
    FoundFile file = placed.file();
    boolean saidToBe =
        MaskPairing.pictureOf(file.key()).isPresent()
            && !options.isClass(placed.defectClass().orElse(""));
    if (!saidToBe
        || !(MaskContent.isTwoColoured(file.path()) || MaskContent.isBlackAndWhite(file.path()))) {
      return false;
    }
    if (file.kind() == FileKind.PNG) {
      masks.add(file);
    } else {
      leaveOut(file, Reason.MASK_FORMAT, "");
    }
    return true;
  }

  private void checkReferences(List<PlacedPicture> placed) {
    Set<String> references = new HashSet<>();
    for (PlacedPicture picture : List.copyOf(placed)) {
      String reference = prefix + picture.file().relative();
      if (!references.add(reference)) {
        throw new RelookException(
            Kind.USAGE,
            "Two files would have the source reference %s, and the second would replace the first: rename one of them."
                .formatted(reference));
      }
      int classLength = picture.defectClass().map(String::length).orElse(0);
      if (reference.length() > NameLengths.SOURCE_REF || classLength > MAX_DEFECT_CLASS) {
        placed.remove(picture);
        leaveOut(
            picture.file(),
            Reason.UNNAMEABLE,
            classLength > MAX_DEFECT_CLASS
                ? "has a class of %d characters, allowed are %d"
                    .formatted(classLength, MAX_DEFECT_CLASS)
                : "has a path of %d characters, allowed are %d"
                    .formatted(reference.length(), NameLengths.SOURCE_REF));
      }
    }
  }

  /** The mask to send; whatever is not sent of it is left out. */
  private Optional<Content> mask(
      PlacedPicture picture, List<FoundFile> given, FolderDoubts doubts) {
    if (given.isEmpty()) {
      return Optional.empty();
    }
    List<FoundFile> showing = new ArrayList<>();
    boolean white = true;
    for (FoundFile mask : given) {
      MaskContent content = MaskContent.read(mask.path());
      if (content instanceof MaskContent.Unusable unusable) {
        leaveOut(mask, Reason.MASK_UNUSABLE, unusable.predicate());
      } else if (content instanceof MaskContent.Blank) {
        leaveOut(
            mask, picture.isNormal() ? Reason.MASK_OF_NORMAL : Reason.MASK_BLANK, "is all black");
      } else if (picture.isNormal()) {
        leaveOut(mask, Reason.MASK_UNUSABLE, "marks a defect in a normal picture");
        doubts.maskOfNormal(picture, mask);
      } else {
        showing.add(mask);
        white &= content instanceof MaskContent.White;
      }
    }
    given.retainAll(showing);
    if (showing.isEmpty()) {
      return Optional.empty();
    }
    List<Path> files = showing.stream().map(FoundFile::path).toList();
    if (white && files.size() == 1) {
      return Optional.of(new Content.LocalFile(files.get(0)));
    }
    doubts.maskIsRepainted(showing.get(0));
    return Optional.of(new Content.Made(() -> MaskContent.whiteOnBlack(files)));
  }

  private ImageSource image(PlacedPicture picture, Optional<Content> mask) {
    return new ImageSource(
        prefix + picture.file().relative(),
        new Content.LocalFile(picture.file().path()),
        picture.isNormal() ? Label.NORMAL : Label.ANOMALY,
        picture.defectClass(),
        picture.dataset(),
        mask,
        mask.isPresent()
            ? List.of(
                new MaskColor(0, "BACKGROUND", "#000000", null),
                new MaskColor(1, picture.defectClass().orElse(""), "#FFFFFF", null))
            : List.of(),
        Optional.empty());
  }
}
