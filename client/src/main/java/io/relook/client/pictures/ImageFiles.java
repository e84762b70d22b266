package io.relook.client.pictures;

import io.relook.client.ImageSource;
import io.relook.client.Manifest;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Images to send, named by a folder or a manifest. */
public final class ImageFiles {
  private ImageFiles() {}

  /**
   * The images of a folder ({@link ImageFolder}) or of a manifest file ({@link Manifest}), for who
   * cannot ask a person.
   *
   * @throws RelookException when it is neither, or cannot be used, or something of a folder would
   *     be lost or is probably a mistake
   */
  public static List<ImageSource> read(Path folderOrManifest) {
    if (!isFolder(folderOrManifest)) {
      return Manifest.read(folderOrManifest).images();
    }
    ImageFolder folder = ImageFolder.read(folderOrManifest);
    List<String> wrong = new ArrayList<>(folder.questions());
    wrong.addAll(LeftOutText.lines(folder.losses()));
    if (!wrong.isEmpty()) {
      throw new RelookException(Kind.USAGE, String.join(" ", wrong));
    }
    return folder.images();
  }

  /**
   * Whether it is a folder; else it is a file, which is read as a manifest.
   *
   * @throws RelookException when it is neither
   */
  public static boolean isFolder(Path folderOrManifest) {
    if (Files.isDirectory(folderOrManifest)) {
      return true;
    }
    if (Files.isRegularFile(folderOrManifest)) {
      return false;
    }
    throw new RelookException(
        Kind.USAGE,
        "There is neither a folder nor a manifest at %s.%s"
            .formatted(
                folderOrManifest,
                folderOrManifest.toString().indexOf('\uFFFD') < 0
                    ? ""
                    : " Its name is no text in this locale: set LC_ALL to a locale with UTF-8, such as C.UTF-8, or rename it."));
  }
}
