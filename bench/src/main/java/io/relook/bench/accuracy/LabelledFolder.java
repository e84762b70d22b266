package io.relook.bench.accuracy;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Pictures in the layout of MVTec AD: {@code train/good}, {@code test/good} and {@code
 * test/<defect>}; each list in the order of the names.
 *
 * @param name of the folder
 */
record LabelledFolder(
    String name, Path path, List<Path> trainGood, List<Path> testGood, List<Path> testAnomalous) {

  private static final String GOOD = "good";

  /**
   * Finds the pictures.
   *
   * @throws RelookException if the folder has another layout
   */
  static LabelledFolder read(Path folder) {
    List<Path> anomalous = new ArrayList<>();
    for (Path defect : children(folder, folder.resolve("test"))) {
      if (Files.isDirectory(defect) && !defect.endsWith(GOOD)) {
        anomalous.addAll(pictures(folder, defect));
      }
    }
    List<Path> trainGood = pictures(folder, folder.resolve("train").resolve(GOOD));
    List<Path> testGood = pictures(folder, folder.resolve("test").resolve(GOOD));
    if (trainGood.isEmpty() || testGood.isEmpty() || anomalous.isEmpty()) {
      throw wrong(folder);
    }
    Path absolute = folder.toAbsolutePath().normalize();
    return new LabelledFolder(
        String.valueOf(absolute.getFileName()), absolute, trainGood, testGood, anomalous);
  }

  /** A picture as results name it: relative to the folder. */
  String nameOf(Path picture) {
    return path.relativize(picture.toAbsolutePath().normalize()).toString();
  }

  private static List<Path> pictures(Path folder, Path directory) {
    return children(folder, directory).stream().filter(LabelledFolder::isPicture).toList();
  }

  private static boolean isPicture(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.endsWith(".jpg") || name.endsWith(".jpeg") || name.endsWith(".png");
  }

  private static List<Path> children(Path folder, Path directory) {
    if (!Files.isDirectory(directory)) {
      throw wrong(folder);
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RelookException wrong(Path folder) {
    return new RelookException(
        Kind.USAGE,
        folder
            + " needs JPEG or PNG files in train/good, in test/good and in at least one other folder"
            + " of test.");
  }
}
