package io.relook.client.pictures;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What a person said about a folder.
 *
 * @param convertInto where BMP, TIFF and WebP become PNG; they are left out without it
 * @param validation what becomes of a third part of the pictures
 * @param normal names of more folders of normal pictures
 * @param anomaly names of folders that are defect classes, whatever they sound like
 * @param wholeInOneDataset whether all pictures go to one data set, so that a part may be sent
 *     alone
 */
public record FolderOptions(
    Optional<Path> convertInto,
    Optional<Validation> validation,
    Set<String> normal,
    Set<String> anomaly,
    boolean wholeInOneDataset) {

  /** Nothing was said. */
  public static final FolderOptions NONE =
      new FolderOptions(Optional.empty(), Optional.empty(), Set.of(), Set.of(), false);

  public FolderOptions {
    normal = Set.copyOf(normal);
    anomaly = Set.copyOf(anomaly);
  }

  /** What becomes of {@code validation/}. */
  public enum Validation {
    TRAIN,
    TEST,
    SKIP
  }

  /** Whether the person said that it is a defect class. */
  boolean isClass(String name) {
    String plain = FolderWord.plain(name);
    return anomaly.stream().anyMatch(given -> FolderWord.plain(given).equals(plain));
  }

  /** The meaning of a folder's name. */
  FolderWord word(String name) {
    String plain = FolderWord.plain(name);
    if (isClass(name)) {
      return FolderWord.CLASS;
    }
    if (normal.stream().anyMatch(given -> FolderWord.plain(given).equals(plain))) {
      return FolderWord.NORMAL;
    }
    return FolderWord.of(name);
  }

  /** What the name of a class could mean as well; CLASS when the person said that it is a class. */
  FolderWord almost(String name) {
    return isClass(name) ? FolderWord.CLASS : FolderWord.almost(name);
  }
}
