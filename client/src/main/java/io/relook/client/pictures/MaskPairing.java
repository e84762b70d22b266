package io.relook.client.pictures;

import io.relook.client.pictures.LeftOut.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the picture of each mask: it has the mask's name, with or without {@code _mask}, and stands
 * in folders of the same names. A mask that fits more than one picture belongs to none.
 */
final class MaskPairing {
  private static final Pattern WITH_SUFFIX =
      Pattern.compile("(.+?)[\\s._-]+(?:mask|masks|gt|label|seg|ground_?truth)");

  private static final Pattern WITH_PREFIX =
      Pattern.compile("(?:mask|masks|gt|ground_?truth)[\\s._-]+(.+)");

  private final FolderOptions options;
  private final Map<String, List<PlacedPicture>> byKey = new HashMap<>();
  private final Map<PlacedPicture, List<FoundFile>> masks = new LinkedHashMap<>();
  private final List<LeftOut> leftOut = new ArrayList<>();

  private MaskPairing(List<PlacedPicture> pictures, FolderOptions options) {
    this.options = options;
    for (PlacedPicture picture : pictures) {
      byKey.computeIfAbsent(picture.file().key(), key -> new ArrayList<>()).add(picture);
    }
  }

  /** Masks of each picture that has some, and masks of none. */
  record Pairs(Map<PlacedPicture, List<FoundFile>> masks, List<LeftOut> leftOut) {}

  /** Pairs masks, which are usable PNG files, with pictures. */
  static Pairs of(List<PlacedPicture> pictures, List<FoundFile> masks, FolderOptions options) {
    MaskPairing pairing = new MaskPairing(pictures, options);
    Map<FoundFile, PlacedPicture> named = new HashMap<>();
    pictures.forEach(picture -> picture.mask().ifPresent(mask -> named.put(mask, picture)));
    // What a table names goes first, so that nothing else takes its place.
    named.forEach((mask, picture) -> pairing.give(picture, mask, false));
    for (FoundFile mask : masks) {
      if (!named.containsKey(mask)) {
        pairing.pair(mask);
      }
    }
    return new Pairs(pairing.masks, pairing.leftOut);
  }

  /** The name of the picture whose mask has this name, if it says that it is a mask. */
  static Optional<String> pictureOf(String key) {
    Matcher matcher = WITH_SUFFIX.matcher(key);
    if (matcher.matches()) {
      return Optional.of(matcher.group(1));
    }
    Matcher before = WITH_PREFIX.matcher(key);
    return before.matches() ? Optional.of(before.group(1)) : Optional.empty();
  }

  private void pair(FoundFile mask) {
    List<String> place = place(mask);
    List<PlacedPicture> named = new ArrayList<>(byKey.getOrDefault(mask.key(), List.of()));
    pictureOf(mask.key()).ifPresent(key -> named.addAll(byKey.getOrDefault(key, List.of())));
    List<PlacedPicture> fitting = named.stream().filter(p -> p.place().equals(place)).toList();
    boolean oneOfSeveral = false;
    if (fitting.isEmpty() && !place.isEmpty()) {
      // Several masks of one picture, in a folder of its name, as in MVTec LOCO AD.
      String last = FoundFile.key(mask.folders().get(mask.folders().size() - 1));
      List<String> above = place.subList(0, place.size() - 1);
      fitting =
          byKey.getOrDefault(last, List.of()).stream()
              .filter(p -> p.place().equals(above))
              .toList();
      oneOfSeveral = !fitting.isEmpty();
    }
    if (fitting.isEmpty()) {
      fitting = named.stream().filter(p -> folders(p).containsAll(place)).toList();
    }
    fitting = narrowed(fitting, mask);
    if (fitting.size() == 1) {
      give(fitting.get(0), mask, oneOfSeveral);
    } else {
      leaveOut(
          mask,
          Reason.MASK_WITHOUT_PICTURE,
          fitting.isEmpty()
              ? "has no picture of its name"
              : "fits %s and %s"
                  .formatted(fitting.get(0).file().relative(), fitting.get(1).file().relative()));
    }
  }

  /** Of several, those in the data set of the mask's path, then the anomalous ones. */
  private List<PlacedPicture> narrowed(List<PlacedPicture> fitting, FoundFile mask) {
    List<PlacedPicture> left = fitting;
    List<FolderWord> split =
        mask.folders().stream().map(options::word).filter(FolderWord::isSplit).toList();
    if (!split.isEmpty()) {
      left =
          left.stream()
              .filter(p -> p.file().folders().stream().map(options::word).anyMatch(split::contains))
              .toList();
    }
    if (left.size() > 1 && left.stream().anyMatch(p -> !p.isNormal())) {
      left = left.stream().filter(p -> !p.isNormal()).toList();
    }
    return left;
  }

  private void give(PlacedPicture picture, FoundFile mask, boolean oneOfSeveral) {
    List<FoundFile> given = masks.computeIfAbsent(picture, p -> new ArrayList<>());
    if (given.isEmpty() || (oneOfSeveral && given.get(0).folders().equals(mask.folders()))) {
      given.add(mask);
    } else {
      leaveOut(
          mask,
          Reason.MASK_TWICE,
          "is the second mask of %s, after %s"
              .formatted(picture.file().relative(), given.get(0).relative()));
    }
  }

  private void leaveOut(FoundFile mask, Reason reason, String detail) {
    leftOut.add(new LeftOut(mask.onDisk(), reason, mask.kind(), detail));
  }

  /** The mask's folders that name classes. */
  private List<String> place(FoundFile mask) {
    List<String> folders =
        mask.folders().stream()
            .filter(
                folder -> {
                  FolderWord word = options.word(folder);
                  return word != FolderWord.MASKS && !word.isSplit();
                })
            .toList();
    boolean classBelow = folders.size() > 1 && options.word(folders.get(0)) == FolderWord.ANOMALOUS;
    return Placement.place(classBelow ? folders.subList(1, folders.size()) : folders, options);
  }

  private static List<String> folders(PlacedPicture picture) {
    return picture.file().folders().stream().map(FolderWord::plain).toList();
  }
}
