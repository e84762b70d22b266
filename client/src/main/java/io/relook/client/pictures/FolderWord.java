package io.relook.client.pictures;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the name of a folder means. Case, blanks, dots, hyphens and underscores do not count: {@code
 * Ground Truth} is {@code ground_truth}, and {@code i.O.} is {@code io}.
 */
public enum FolderWord {
  TRAIN("the data set for training", "train", "training", "trainset", "trn"),
  TEST("the data set for testing", "test", "testing", "testset", "tst", "test_public"),
  VALIDATION(
      "a third part, which relook does not have: give --validation train, test or skip",
      "val",
      "valid",
      "validation",
      "valset",
      "dev"),
  NORMAL(
      "normal pictures, also in folders below",
      "good",
      "normal",
      "ok",
      "okay",
      "pass",
      "passed",
      "io",
      "gut",
      "no_defect",
      "non_defective",
      "defect_free",
      "no_anomaly",
      "anomaly_free",
      "fehlerfrei",
      "in_ordnung",
      "gutteile"),
  ANOMALOUS(
      "anomalies: the folders below are their classes; pictures right here have this name as class",
      "defect",
      "defects",
      "defective",
      "anomaly",
      "anomalies",
      "anomalous",
      "abnormal",
      "bad",
      "ng",
      "nok",
      "not_ok",
      "not_good",
      "no_good",
      "ko",
      "fail",
      "failed",
      "faulty",
      "reject",
      "rejects",
      "rejected",
      "nio",
      "defekt",
      "schlecht",
      "fehlerhaft",
      "nicht_in_ordnung",
      "schlechtteile"),
  MASKS(
      "masks: PNG, the defect is white; each belongs to the picture of the same name, or with _mask, _gt or _label behind it, or mask_ or gt_ before it",
      "ground_truth",
      "gt",
      "mask",
      "masks",
      "maske",
      "masken",
      "label",
      "labels",
      "segmentation",
      "segmentations"),
  CONTAINER("nothing: what is below counts", "data", "image", "images", "img", "imgs", "rgb"),
  UNLABELLED(
      "pictures that nobody labelled: refused",
      "unlabelled",
      "unlabeled",
      "unknown",
      "unclassified",
      "unsorted",
      "unchecked",
      "unclear",
      "unsure",
      "unklar",
      "unsortiert"),
  /** No word that is known. */
  CLASS("a defect class with the name of the folder");

  /** What the computers of other people leave in folders. */
  private static final Set<String> OF_COMPUTERS =
      Set.of("__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found");

  private static final Set<String> NEGATIONS = Set.of("no", "not", "non", "un", "nicht", "kein");
  private static final Set<String> ALMOST_NORMAL =
      Set.of("good", "normal", "ok", "okay", "pass", "gut", "gutteil", "gutteile", "fehlerfrei");
  private static final Set<String> ALMOST_MASKS = Set.of("mask", "masks", "gt", "groundtruth");
  private static final Set<String> ALMOST_SPLITS =
      Set.of("train", "training", "test", "testing", "val", "validation");

  private static final Pattern NOT_COUNTED = Pattern.compile("[\\s._-]+");
  private static final Pattern BORDERS = Pattern.compile("(?<=\\p{Ll})(?=\\p{Lu})|[^\\p{L}]+");
  private static final Map<String, FolderWord> BY_PLAIN = new HashMap<>();

  static {
    for (FolderWord word : values()) {
      word.words.forEach(name -> BY_PLAIN.put(plain(name), word));
    }
  }

  private final String meaning;
  private final List<String> words;

  FolderWord(String meaning, String... words) {
    this.meaning = meaning;
    this.words = List.of(words);
  }

  /** What such a folder holds, in words. */
  public String meaning() {
    return meaning;
  }

  /** The names, as people write them. */
  public List<String> words() {
    return words;
  }

  /** The meaning of a folder's name. */
  static FolderWord of(String name) {
    return BY_PLAIN.getOrDefault(plain(name), CLASS);
  }

  /** Whether pictures below it name their data set. */
  boolean isSplit() {
    return this == TRAIN || this == TEST || this == VALIDATION;
  }

  /** Whether it says of its pictures that they are normal or not. */
  boolean isLabel() {
    return this == NORMAL || this == ANOMALOUS;
  }

  /** Whether a computer made this file or folder for itself. */
  static boolean isHidden(String name) {
    return name.startsWith(".") || OF_COMPUTERS.contains(name);
  }

  /**
   * What the name of a class could mean as well, because it holds one of the words: {@code
   * ok_front}, {@code crack_mask}, {@code test_dent}. CLASS when it holds none.
   */
  static FolderWord almost(String name) {
    List<String> parts = parts(name);
    boolean negated = parts.stream().anyMatch(NEGATIONS::contains);
    if (!negated && parts.stream().anyMatch(ALMOST_NORMAL::contains)) {
      return NORMAL;
    }
    if (parts.stream().anyMatch(ALMOST_MASKS::contains)
        || String.join(" ", parts).contains("ground truth")) {
      return MASKS;
    }
    return parts.stream().anyMatch(ALMOST_SPLITS::contains) ? TEST : CLASS;
  }

  /** A name without what does not count. */
  static String plain(String name) {
    String composed = Normalizer.normalize(name, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    String plain = NOT_COUNTED.matcher(composed).replaceAll("");
    return plain.isEmpty() ? composed : plain;
  }

  private static List<String> parts(String name) {
    List<String> parts = new ArrayList<>();
    for (String part : BORDERS.split(name)) {
      if (!part.isEmpty()) {
        parts.add(part.toLowerCase(Locale.ROOT));
      }
    }
    return parts;
  }
}
