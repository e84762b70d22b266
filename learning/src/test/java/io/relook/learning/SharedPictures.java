package io.relook.learning;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.features.FeatureExtractor;
import io.relook.learning.features.Features;
import io.relook.learning.picture.Picture;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import io.relook.learning.picture.UnreadablePictureException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Real labelled pictures, which are never part of this repository. */
public final class SharedPictures {

  /** One labelled picture file. */
  public record LabelledPicture(Path file, boolean anomalous, String defectClass) {

    /** Its place among the pictures, wherever they lie: folds follow from it. */
    public String name() {
      return ROOT.relativize(file).toString();
    }

    public Picture decode() {
      try {
        return new PictureDecoder(PictureLimits.DEFAULT).decode(Files.readAllBytes(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (UnreadablePictureException e) {
        throw new IllegalArgumentException(file.toString(), e);
      }
    }
  }

  private static final Path ROOT = Path.of(System.getProperty("relook.data", "/work/shared/data"));

  private SharedPictures() {}

  /** Skips the calling test where the pictures are absent, but fails it there in CI. */
  public static void assumePresent() {
    boolean present = Files.isDirectory(ROOT);
    if (!present && System.getenv("CI") != null) {
      throw new AssertionError("CI needs the pictures in " + ROOT + " (property relook.data).");
    }
    if (!present) {
      System.err.println("SKIPPED: no pictures in " + ROOT + " (property relook.data).");
    }
    assumeTrue(present, "no pictures in " + ROOT);
  }

  /** The picture with a name. */
  public static LabelledPicture named(String name, boolean anomalous) {
    return new LabelledPicture(ROOT.resolve(name), anomalous, "");
  }

  /** All pictures of a category, the good ones first, each class by file name. */
  public static List<LabelledPicture> category(String name) {
    List<LabelledPicture> pictures = new ArrayList<>();
    for (String split : List.of("train", "test")) {
      Path folder = ROOT.resolve(name).resolve(split);
      for (Path kind : children(folder)) {
        for (Path file : children(kind)) {
          String defect = kind.getFileName().toString();
          pictures.add(new LabelledPicture(file, !defect.equals("good"), defect));
        }
      }
    }
    return pictures;
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every second picture of each class for training, the others for tests. */
  public static TrainingData halves(List<LabelledPicture> pictures, FeatureExtractor extractor) {
    List<LabelledFeatures> train = new ArrayList<>();
    List<LabelledFeatures> test = new ArrayList<>();
    int good = 0;
    int anomalous = 0;
    for (LabelledPicture picture : pictures) {
      boolean toTrain = (picture.anomalous() ? anomalous++ : good++) % 2 == 0;
      (toTrain ? train : test).add(labelled(picture, extractor.extract(picture.decode())));
    }
    return new TrainingData(train, test);
  }

  public static LabelledFeatures labelled(LabelledPicture picture, Features features) {
    String id = picture.name();
    return new LabelledFeatures(
        id,
        picture.anomalous(),
        picture.anomalous() ? Optional.of(picture.defectClass()) : Optional.empty(),
        id,
        () -> features);
  }
}
