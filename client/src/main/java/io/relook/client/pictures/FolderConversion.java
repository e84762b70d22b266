package io.relook.client.pictures;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.pictures.PictureConversion.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes PNG of the BMP, TIFF and WebP files of a folder; the originals stay. */
public final class FolderConversion {
  private FolderConversion() {}

  /**
   * What became of a folder.
   *
   * @param converted number of files that are now PNG
   * @param copied number of files that were copied
   * @param refused files that cannot be PNG without loss, or cannot be read
   * @param hidden number of hidden files, which stay behind
   */
  public record Outcome(int converted, int copied, List<LeftOut> refused, int hidden) {
    public Outcome {
      refused = List.copyOf(refused);
    }
  }

  /**
   * Writes a folder in which PNG stands for each file that was converted; all others are copied.
   *
   * @param into a folder that is empty or not there yet
   * @throws RelookException when it is not empty, or two files would have one name
   */
  public static Outcome copy(Path folder, Path into) {
    FolderScan scan = FolderScan.of(folder);
    try {
      if (into.toAbsolutePath().normalize().startsWith(scan.root())) {
        throw new RelookException(
            Kind.USAGE,
            "%s is inside of %s: name a folder beside it with --to.".formatted(into, folder));
      }
      if (Files.exists(into) && !isEmpty(into)) {
        throw new RelookException(
            Kind.USAGE,
            "There is something in %s already: name an empty folder with --to, or remove it."
                .formatted(into));
      }
      return copy(scan, into);
    } catch (IOException e) {
      throw new RelookException(
          Kind.USAGE, "The folder %s cannot be written: %s.".formatted(into, e.getMessage()), e);
    }
  }

  private static Outcome copy(FolderScan scan, Path into) throws IOException {
    checkNames(scan);
    int converted = 0;
    int copied = 0;
    int hidden = 0;
    List<LeftOut> refused = new ArrayList<>();
    for (FoundFile file : scan.files()) {
      if (FolderLayout.isHidden(file)) {
        hidden++;
        continue;
      }
      if (!Files.isRegularFile(file.path())) {
        if (file.kind().isPicture()) {
          refused.add(
              new LeftOut(
                  file.onDisk(),
                  LeftOut.Reason.UNREADABLE,
                  file.kind(),
                  file.trouble().orElse("")));
        }
        continue;
      }
      Optional<LeftOut> failure = Optional.empty();
      Path target = into.resolve(scan.root().relativize(file.path()));
      Files.createDirectories(target.getParent());
      if (file.kind().use() != FileKind.Use.CONVERTED) {
        Files.copy(file.path(), target);
        copied++;
      } else {
        failure = convert(file, target);
        converted += failure.isEmpty() ? 1 : 0;
      }
      failure.ifPresent(refused::add);
    }
    return new Outcome(converted, copied, refused, hidden);
  }

  /** The same files, but with PNG in place of those that can be converted. */
  static FolderScan of(FolderScan scan, Path into) {
    checkNames(scan);
    List<FoundFile> files = new ArrayList<>();
    for (FoundFile file : scan.files()) {
      if (file.kind().use() != FileKind.Use.CONVERTED || FolderLayout.isHidden(file)) {
        files.add(file);
        continue;
      }
      Result result = PictureConversion.toPng(file.kind(), file.path());
      if (result instanceof Result.Converted done) {
        Path png = into.resolve(files.size() + ".png");
        try {
          Files.write(png, done.png());
        } catch (IOException e) {
          throw new RelookException(
              Kind.USAGE,
              "The converted pictures cannot be written to %s: %s. Is the disk full?"
                  .formatted(into, e.getMessage()),
              e);
        }
        files.add(file.convertedTo(png, pngName(file.name()), done.png().length));
      } else if (result instanceof Result.Refused refused) {
        files.add(file.troubled(refused.predicate()));
      }
    }
    return new FolderScan(scan.root(), files, scan.siblings(), scan.empty());
  }

  /** Writes the PNG beside the place of its original; the reason, when that cannot be. */
  private static Optional<LeftOut> convert(FoundFile file, Path target) throws IOException {
    LeftOut.Reason reason = LeftOut.Reason.NOT_CONVERTED;
    String detail;
    try {
      if (!file.nameable()) {
        throw new InvalidPathException(file.name(), "not text");
      }
      Result result = PictureConversion.toPng(file.kind(), file.path());
      if (result instanceof Result.Converted done) {
        Files.write(target.resolveSibling(pngName(file.name())), done.png());
        return Optional.empty();
      }
      detail = ((Result.Refused) result).predicate();
    } catch (InvalidPathException e) {
      reason = LeftOut.Reason.UNNAMEABLE;
      detail = "has a name that is not UTF-8 text";
    }
    return Optional.of(new LeftOut(file.onDisk(), reason, file.kind(), detail));
  }

  /** Two files must not become one. */
  private static void checkNames(FolderScan scan) {
    Set<String> names = new LinkedHashSet<>();
    scan.files().stream()
        .filter(file -> file.kind().use() != FileKind.Use.CONVERTED)
        .forEach(file -> names.add(file.relative()));
    for (FoundFile file : scan.files()) {
      if (file.kind().use() == FileKind.Use.CONVERTED && !FolderLayout.isHidden(file)) {
        String relative = file.relative();
        String png =
            relative.substring(0, relative.length() - file.name().length()) + pngName(file.name());
        if (!names.add(png)) {
          throw new RelookException(
              Kind.USAGE,
              "%s would become %s, and there is such a picture already: rename or remove one of the two."
                  .formatted(relative, png));
        }
      }
    }
  }

  private static String pngName(String name) {
    int dot = name.lastIndexOf('.');
    return (dot <= 0 ? name : name.substring(0, dot)) + ".png";
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}
