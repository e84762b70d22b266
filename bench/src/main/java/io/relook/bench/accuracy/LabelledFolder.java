package io.relook.bench.accuracy;

import io.relook.client.ImageSource;
import io.relook.client.ImageSource.Content;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.pictures.ImageFolder;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A folder whose pictures are in two parts: normal ones for training, normal and anomalous ones for
 * testing, as in MVTec AD; each list in the order of the names.
 *
 * @param name of the folder
 * @param names of the pictures as results have them: paths below the folder
 */
record LabelledFolder(
    String name,
    List<Path> trainGood,
    List<Path> testGood,
    List<Path> testAnomalous,
    Map<Path, String> names) {

  /**
   * Takes the pictures of a folder.
   *
   * @throws RelookException if a part is missing, or has pictures that are not measured
   */
  static LabelledFolder of(ImageFolder folder) {
    List<Path> trainGood = new ArrayList<>();
    List<Path> testGood = new ArrayList<>();
    List<Path> testAnomalous = new ArrayList<>();
    Map<Path, String> names = new HashMap<>();
    int others = 0;
    for (ImageSource image : folder.images()) {
      Path file = ((Content.LocalFile) image.picture()).path();
      names.put(file, image.sourceRef().substring(folder.name().length() + 1));
      boolean test = image.dataset().filter(dataset -> dataset == DatasetType.TEST).isPresent();
      if (image.label() == Label.NORMAL) {
        (test ? testGood : trainGood).add(file);
      } else if (test) {
        testAnomalous.add(file);
      } else {
        others++;
      }
    }
    if (trainGood.isEmpty() || testGood.isEmpty() || testAnomalous.isEmpty()) {
      throw new RelookException(
          Kind.USAGE,
          "%s needs normal pictures in train, and normal and anomalous ones in test: it has %d, %d and %d."
              .formatted(folder.name(), trainGood.size(), testGood.size(), testAnomalous.size()));
    }
    if (others > 0) {
      throw new RelookException(
          Kind.USAGE,
          "%s has %d anomalous pictures in train, and the measurement draws those for training from test: move them to test."
              .formatted(folder.name(), others));
    }
    return new LabelledFolder(folder.name(), trainGood, testGood, testAnomalous, names);
  }

  /** A picture as results name it: relative to the folder. */
  String nameOf(Path picture) {
    return Objects.requireNonNull(names.get(picture));
  }
}
