package io.relook.client;

import io.relook.client.RelookException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Images to send, named by a folder of classes or a manifest. */
public final class ImageFiles {
  private ImageFiles() {}

  /**
   * The images of a folder ({@link ImageFolder}) or of a manifest file ({@link Manifest}).
   *
   * @throws RelookException when it is neither, or cannot be used
   */
  public static List<ImageSource> read(Path folderOrManifest) {
    if (Files.isDirectory(folderOrManifest)) {
      return ImageFolder.read(folderOrManifest).images();
    }
    if (Files.isRegularFile(folderOrManifest)) {
      return Manifest.read(folderOrManifest).images();
    }
    throw new RelookException(
        Kind.USAGE, "There is neither a folder nor a manifest at " + folderOrManifest + ".");
  }
}
