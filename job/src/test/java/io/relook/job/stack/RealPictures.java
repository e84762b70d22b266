package io.relook.job.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relook.client.ImageSource;
import io.relook.client.pictures.ImageFolder;
import io.relook.wire.DatasetType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The labelled photos in the directory {@code relook.data}; never part of the project. */
public final class RealPictures {

  private RealPictures() {}

  /** All pictures of a category, for the train data set. Skips the test where there are none. */
  public static List<ImageSource> category(String name) {
    Path directory = Path.of(System.getProperty("relook.data", "/work/shared/data")).resolve(name);
    boolean there = Files.isDirectory(directory);
    if (System.getenv("CI") != null) {
      assertThat(there).as("CI needs the pictures in %s", directory).isTrue();
    }
    if (!there) {
      System.err.println("SKIPPED: no pictures in " + directory + "; set -Drelook.data=DIR");
    }
    assumeTrue(there, "no pictures in " + directory);
    return ImageFolder.read(directory).images().stream()
        .map(image -> image.in(DatasetType.TRAIN))
        .toList();
  }
}
