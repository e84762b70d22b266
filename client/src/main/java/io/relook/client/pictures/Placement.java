package io.relook.client.pictures;

import io.relook.client.pictures.FolderOptions.Validation;
import io.relook.wire.DatasetType;
import java.util.List;
import java.util.Optional;

/** What the folders above a picture say about it. */
sealed interface Placement {

  /** It has a label. */
  record Placed(PlacedPicture picture) implements Placement {}

  /** No folder names a class. */
  record Stray() implements Placement {}

  /**
   * A folder of pictures of one class holds something that is more than a class.
   *
   * @param depth of the folder, counted from 1
   * @param inner the folder inside
   */
  record Holds(int depth, String inner) implements Placement {}

  /** The name of the class sounds like something else. */
  record Doubtful(String name, FolderWord almost) implements Placement {}

  /** It is in a third part, and nobody said what becomes of that. */
  record InValidation(String name) implements Placement {}

  /** It is in a third part, which is left out. */
  record Skipped() implements Placement {}

  /** Reads the names of the folders from the outside. */
  static Placement of(FoundFile file, FolderOptions options) {
    List<String> folders = file.folders();
    Optional<DatasetType> dataset = Optional.empty();
    boolean split = false;
    for (int i = 0; i < folders.size(); i++) {
      String name = folders.get(i);
      FolderWord word = options.word(name);
      if (word == FolderWord.CONTAINER) {
        continue;
      }
      if (word.isSplit()) {
        if (split) {
          return new Holds(i, name);
        }
        split = true;
        if (word == FolderWord.VALIDATION) {
          Optional<Validation> validation = options.validation();
          if (validation.isEmpty()) {
            return new InValidation(name);
          }
          if (validation.get() == Validation.SKIP) {
            return new Skipped();
          }
        }
        dataset = Optional.of(dataset(word, options));
        continue;
      }
      return inClass(file, options, dataset, i, word);
    }
    return new Stray();
  }

  /** The data set of a part. */
  private static DatasetType dataset(FolderWord word, FolderOptions options) {
    boolean test =
        word == FolderWord.TEST
            || (word == FolderWord.VALIDATION
                && options.validation().equals(Optional.of(Validation.TEST)));
    return test ? DatasetType.TEST : DatasetType.TRAIN;
  }

  private static Placement inClass(
      FoundFile file,
      FolderOptions options,
      Optional<DatasetType> dataset,
      int depth,
      FolderWord word) {
    List<String> folders = file.folders();
    String name = folders.get(depth);
    for (int i = depth + 1; i < folders.size(); i++) {
      FolderWord inner = options.word(folders.get(i));
      boolean again = word == FolderWord.NORMAL && inner == FolderWord.NORMAL;
      if ((inner.isLabel() && !again) || inner.isSplit()) {
        return new Holds(i, folders.get(i));
      }
    }
    if (word == FolderWord.UNLABELLED) {
      return new Doubtful(name, word);
    }
    int classDepth = depth;
    if (word == FolderWord.ANOMALOUS) {
      for (int i = folders.size() - 1; i > depth; i--) {
        classDepth = options.word(folders.get(i)) == FolderWord.CONTAINER ? classDepth : i;
      }
    }
    String className = folders.get(classDepth);
    if (word != FolderWord.NORMAL
        && options.word(className) == FolderWord.CLASS
        && options.almost(className) != FolderWord.CLASS) {
      return new Doubtful(className, options.almost(className));
    }
    return new Placed(
        new PlacedPicture(
            file,
            dataset,
            word == FolderWord.NORMAL ? Optional.empty() : Optional.of(className),
            place(folders.subList(classDepth, folders.size()), options),
            Optional.empty()));
  }

  /** Names as they are compared. */
  static List<String> place(List<String> folders, FolderOptions options) {
    return folders.stream()
        .filter(folder -> options.word(folder) != FolderWord.CONTAINER)
        .map(FolderWord::plain)
        .toList();
  }
}
