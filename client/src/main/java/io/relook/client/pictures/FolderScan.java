package io.relook.client.pictures;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * All files of a folder with what their first and last bytes say.
 *
 * @param files in the order of their paths
 * @param siblings names of the other folders beside this one
 * @param empty folders in which there is nothing, with slashes
 */
record FolderScan(Path root, List<FoundFile> files, List<String> siblings, List<String> empty) {

  /** A JPEG file that ends without this marker was cut off (ITU-T T.81, B.1.1.3: EOI). */
  private static final byte[] END_OF_JPEG = {(byte) 0xFF, (byte) 0xD9};

  private static final int PNG_SIGNATURE = 8;

  /** Length, type and checksum of a chunk. */
  private static final int PNG_CHUNK = 12;

  /** The letters IEND. */
  private static final int PNG_END = 0x49454E44;

  private static final int TAIL = 1 << 16;

  FolderScan {
    files = List.copyOf(files);
    siblings = List.copyOf(siblings);
    empty = List.copyOf(empty);
  }

  /**
   * Looks at every file below a folder; follows links.
   *
   * @throws RelookException when the folder cannot be read at all
   */
  static FolderScan of(Path folder) {
    Path root = folder.toAbsolutePath().normalize();
    if (!Files.isDirectory(root)) {
      throw new RelookException(Kind.USAGE, "There is no folder at " + folder + ".");
    }
    List<FoundFile> files = new ArrayList<>();
    Set<Path> empty = new TreeSet<>();
    try {
      Files.walkFileTree(
          root,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          visitor(root, files, empty));
    } catch (IOException e) {
      throw new RelookException(
          Kind.USAGE, "The folder %s cannot be read: %s.".formatted(folder, said(e)), e);
    }
    files.sort(Comparator.comparing(FoundFile::relative));
    return new FolderScan(
        root,
        files,
        siblings(root),
        empty.stream()
            .map(path -> names(root, path))
            .filter(names -> names.stream().noneMatch(FolderWord::isHidden))
            .map(names -> String.join("/", names))
            .toList());
  }

  private static SimpleFileVisitor<Path> visitor(
      Path root, List<FoundFile> files, Set<Path> empty) {
    return new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        empty.remove(folder.getParent());
        if (!folder.equals(root)) {
          empty.add(folder);
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        empty.remove(file.getParent());
        files.add(look(root, file, attributes));
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (file.equals(root)) {
          throw failure;
        }
        empty.remove(file.getParent());
        files.add(found(root, file, FileKind.UNREADABLE, 0, Optional.of(said(failure))));
        return FileVisitResult.CONTINUE;
      }
    };
  }

  private static FoundFile look(Path root, Path file, BasicFileAttributes attributes) {
    String name = FileName.of(file).text();
    boolean hidden = FolderWord.isHidden(name);
    FileKind named = FileKind.named(name).orElse(FileKind.OTHER);
    if (hidden || !attributes.isRegularFile()) {
      return attributes.isSymbolicLink() && named.isPicture() && !hidden
          ? found(
              root, file, FileKind.UNREADABLE, 0, Optional.of("is a link to a file that is gone"))
          : found(root, file, FileKind.OTHER, attributes.size(), Optional.empty());
    }
    try (InputStream stream = Files.newInputStream(file)) {
      FileKind kind = FileKind.of(name, stream.readNBytes(FileKind.HEAD));
      return found(root, file, kind, attributes.size(), trouble(file, kind, named, attributes));
    } catch (IOException e) {
      return named.isPicture()
          ? found(root, file, FileKind.UNREADABLE, attributes.size(), Optional.of(said(e)))
          : found(root, file, FileKind.OTHER, attributes.size(), Optional.empty());
    }
  }

  private static Optional<String> trouble(
      Path file, FileKind kind, FileKind named, BasicFileAttributes attributes) throws IOException {
    return switch (kind) {
      case UNREADABLE ->
          Optional.of(
              attributes.size() == 0
                  ? "is empty"
                  : "is no %s file, though its name says so".formatted(named.title()));
      case JPEG -> when(!endsAsJpeg(file), "is cut off: copy it again");
      case PNG -> when(!endsAsPng(file), "is cut off: copy it again");
      default -> Optional.empty();
    };
  }

  private static Optional<String> when(boolean wrong, String predicate) {
    return wrong ? Optional.of(predicate) : Optional.empty();
  }

  /** Looks for the last marker from behind, since some cameras write more after it. */
  private static boolean endsAsJpeg(Path file) throws IOException {
    try (SeekableByteChannel bytes = Files.newByteChannel(file)) {
      if (bytes.size() > 2L * TAIL) {
        byte[] tail = read(bytes.position(bytes.size() - TAIL), TAIL);
        if (hasEnd(tail)) {
          return true;
        }
      }
    }
    return hasEnd(afterHeader(Files.readAllBytes(file)));
  }

  private static boolean hasEnd(byte[] bytes) {
    for (int i = bytes.length - 2; i >= 0; i--) {
      if (bytes[i] == END_OF_JPEG[0] && bytes[i + 1] == END_OF_JPEG[1]) {
        return true;
      }
    }
    return false;
  }

  /** A preview in the header may have an end of its own. */
  private static byte[] afterHeader(byte[] jpeg) {
    int at = 2;
    while (at + 4 <= jpeg.length && (jpeg[at] & 0xFF) == 0xFF && (jpeg[at + 1] & 0xFF) != 0xDA) {
      at += 2 + ((jpeg[at + 2] & 0xFF) << 8 | (jpeg[at + 3] & 0xFF));
    }
    return at >= jpeg.length ? new byte[0] : Arrays.copyOfRange(jpeg, at, jpeg.length);
  }

  /** Follows the chunks to the last one (PNG specification, 5.3 and 11.2.5: IEND). */
  private static boolean endsAsPng(Path file) throws IOException {
    try (SeekableByteChannel bytes = Files.newByteChannel(file)) {
      long at = PNG_SIGNATURE;
      while (at + PNG_CHUNK <= bytes.size()) {
        ByteBuffer chunk = ByteBuffer.wrap(read(bytes.position(at), PNG_CHUNK));
        at += PNG_CHUNK + (chunk.getInt() & 0xFFFFFFFFL);
        if (chunk.getInt() == PNG_END) {
          return at <= bytes.size();
        }
      }
      return false;
    }
  }

  private static byte[] read(SeekableByteChannel bytes, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (bytes.read(buffer) < 0) {
        throw new EOFException("it ends while it is read");
      }
    }
    return buffer.array();
  }

  private static FoundFile found(
      Path root, Path file, FileKind kind, long size, Optional<String> trouble) {
    List<FileName> names = new ArrayList<>();
    root.relativize(file).forEach(part -> names.add(FileName.of(part)));
    List<String> parts = names(root, file);
    return new FoundFile(
        parts.subList(0, parts.size() - 1),
        parts.get(parts.size() - 1),
        parts.get(parts.size() - 1),
        names.stream().allMatch(FileName::isText),
        file,
        kind,
        size,
        trouble);
  }

  /** The names of a path below the root. */
  private static List<String> names(Path root, Path path) {
    List<String> names = new ArrayList<>();
    root.relativize(path).forEach(part -> names.add(FileName.of(part).text()));
    return names;
  }

  private static List<String> siblings(Path root) {
    Path parent = root.getParent();
    if (parent == null) {
      return List.of();
    }
    try (Stream<Path> beside = Files.list(parent)) {
      return beside
          .filter(path -> !path.equals(root) && Files.isDirectory(path))
          .map(path -> FileName.of(path).text())
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // who may not look there gets no advice
    }
  }

  private static String said(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "cannot be opened: you have no right to read it";
    }
    if (failure instanceof FileSystemLoopException) {
      return "is a link to a folder above it";
    }
    return "cannot be read: " + failure.getMessage();
  }
}
