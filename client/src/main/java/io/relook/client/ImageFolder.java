package io.relook.client;

import io.relook.client.RelookException.Kind;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.MaskColor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Pictures in a folder whose subfolders are classes: {@code good} or {@code normal}, and one for
 * each defect class.
 *
 * <p>The layout of MVTec AD works too: {@code train/<class>} and {@code test/<class>} also name the
 * data set. Masks are PNG files in {@code ground_truth/<class>} or {@code masks/<class>}, named
 * like their picture, with or without {@code _mask}; white is the defect.
 *
 * @param images in the order of their paths
 * @param otherFiles number of files that are neither picture nor mask
 */
public record ImageFolder(List<ImageSource> images, int otherFiles) {
  private static final Set<String> NORMAL = Set.of("good", "normal");
  private static final Set<String> MASKS = Set.of("masks", "ground_truth");
  private static final Set<String> PICTURES = Set.of("jpg", "jpeg", "png");

  public ImageFolder {
    images = List.copyOf(images);
  }

  /**
   * Reads the names of the files, not the pictures. A source reference is the folder's name and the
   * path below it, with slashes: {@code cookie/test/good/001.jpg}.
   *
   * @throws RelookException when there are no pictures in class folders, or the folder cannot be
   *     read
   */
  public static ImageFolder read(Path folder) {
    Path root = folder.toAbsolutePath().normalize();
    Path name = root.getFileName();
    return read(root, name == null ? "" : name + "/");
  }

  /**
   * As {@link #read(Path)}, but with a given beginning of the source references.
   *
   * @param sourcePrefix used as it is; may be empty
   */
  public static ImageFolder read(Path folder, String sourcePrefix) {
    List<ImageSource> images = new ArrayList<>();
    int others = 0;
    for (Path file : files(folder)) {
      Path relative = folder.relativize(file);
      List<String> parts = new ArrayList<>();
      relative.forEach(part -> parts.add(part.toString()));
      if (parts.stream().anyMatch(part -> part.startsWith("."))) {
        continue;
      }
      Optional<DatasetType> dataset = dataset(parts.get(0));
      List<String> below = dataset.isPresent() ? parts.subList(1, parts.size()) : parts;
      if (MASKS.contains(below.get(0).toLowerCase(Locale.ROOT))) {
        continue;
      }
      if (!PICTURES.contains(extension(file))) {
        others++;
        continue;
      }
      if (below.size() < 2) {
        throw new RelookException(
            Kind.USAGE,
            "The picture %s is not in a class folder: move good pictures to good/ and others to a folder with the name of their defect."
                .formatted(file));
      }
      images.add(
          image(folder, file, sourcePrefix + String.join("/", parts), below.get(0), dataset));
    }
    if (images.isEmpty()) {
      throw new RelookException(
          Kind.USAGE,
          "The folder %s has no pictures (jpg, jpeg, png) in class folders such as good/."
              .formatted(folder));
    }
    return new ImageFolder(images, others);
  }

  private static ImageSource image(
      Path folder, Path file, String sourceRef, String className, Optional<DatasetType> dataset) {
    boolean normal = NORMAL.contains(className.toLowerCase(Locale.ROOT));
    Optional<Path> mask = normal ? Optional.empty() : mask(folder, file, className);
    return new ImageSource(
        sourceRef,
        new ImageSource.Content.LocalFile(file),
        normal ? Label.NORMAL : Label.ANOMALY,
        normal ? Optional.empty() : Optional.of(className),
        dataset,
        mask.map(ImageSource.Content.LocalFile::new),
        mask.isPresent()
            ? List.of(
                new MaskColor(0, "BACKGROUND", "#000000", null),
                new MaskColor(1, className, "#FFFFFF", null))
            : List.of(),
        Optional.empty());
  }

  private static Optional<Path> mask(Path folder, Path file, String className) {
    String fileName = file.getFileName().toString();
    String stem = fileName.substring(0, fileName.lastIndexOf('.'));
    for (String masks : MASKS.stream().sorted().toList()) {
      for (String candidate : List.of(stem + "_mask.png", stem + ".png")) {
        for (Path place :
            List.of(folder.resolve(masks).resolve(className), folder.resolve(masks))) {
          Path mask = place.resolve(candidate);
          if (Files.isRegularFile(mask)) {
            return Optional.of(mask);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<DatasetType> dataset(String part) {
    return switch (part) {
      case "train" -> Optional.of(DatasetType.TRAIN);
      case "test" -> Optional.of(DatasetType.TEST);
      default -> Optional.empty();
    };
  }

  private static String extension(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new RelookException(Kind.USAGE, "There is no folder at " + folder + ".");
    }
    try (Stream<Path> walk = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new RelookException(Kind.USAGE, "The folder " + folder + " cannot be read.", e);
    }
  }
}
