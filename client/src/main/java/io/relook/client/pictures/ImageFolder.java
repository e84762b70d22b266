package io.relook.client.pictures;

import io.relook.client.ImageSource;
import io.relook.client.RelookException;
import java.nio.file.Path;
import java.util.List;

/**
 * Pictures in a folder whose subfolders are classes, as {@link FolderWord} reads their names, or
 * whose labels stand in a {@link LabelTable}.
 *
 * <p>Every file of the folder is an image, a mask of one, or left out.
 *
 * @param name of the folder
 * @param images in the order of their paths
 * @param masks number of files that are masks of these images
 * @param leftOut in the order of their paths
 * @param questions sentences about what is probably a mistake; a person must say yes first
 * @param notes sentences about what was understood, for a person to see
 */
public record ImageFolder(
    String name,
    List<ImageSource> images,
    int masks,
    List<LeftOut> leftOut,
    List<String> questions,
    List<String> notes) {

  public ImageFolder {
    images = List.copyOf(images);
    leftOut = List.copyOf(leftOut);
    questions = List.copyOf(questions);
    notes = List.copyOf(notes);
  }

  /**
   * Reads a folder, but not its pictures. A source reference is the folder's name and the path
   * below it, with slashes: {@code cookie/test/good/001.jpg}.
   *
   * @throws RelookException when the folder is not understood: the message says what to do
   */
  public static ImageFolder read(Path folder, FolderOptions options) {
    FolderScan scan = FolderScan.of(folder);
    FolderScan converted =
        options.convertInto().isPresent()
            ? FolderConversion.of(scan, options.convertInto().get())
            : scan;
    return FolderLayout.read(converted, options);
  }

  /** As {@link #read(Path, FolderOptions)}, when nobody said anything about the folder. */
  public static ImageFolder read(Path folder) {
    return read(folder, FolderOptions.NONE);
  }

  /** Files whose loss somebody could miss. */
  public List<LeftOut> losses() {
    return leftOut.stream().filter(file -> file.reason().isLoss()).toList();
  }
}
