package io.relook.client.pictures;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A file in a folder.
 *
 * @param folders names of the folders between the root and the file
 * @param name of the file, under which it is sent
 * @param original its name on the disk; another one, if it was converted
 * @param nameable whether the names are text; else they show some bytes as {@code \\xFC}
 * @param path where its bytes are; elsewhere, if it was converted
 * @param trouble what is wrong with it, as the predicate of a sentence; given if it cannot be used
 */
record FoundFile(
    List<String> folders,
    String name,
    String original,
    boolean nameable,
    Path path,
    FileKind kind,
    long size,
    Optional<String> trouble) {
  FoundFile {
    folders = List.copyOf(folders);
  }

  /** The path below the root, with slashes. */
  String relative() {
    return below(name);
  }

  /** The path on the disk below the root, with slashes. */
  String onDisk() {
    return below(original);
  }

  private String below(String last) {
    return folders.isEmpty() ? last : String.join("/", folders) + "/" + last;
  }

  /** The name without its ending. */
  String stem() {
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(0, dot);
  }

  /** The name without its ending, as it is compared. */
  String key() {
    return key(stem());
  }

  /** A name as it is compared. */
  static String key(String name) {
    return composed(name).toLowerCase(Locale.ROOT);
  }

  /** A name with letters such as ä as one character. macOS keeps what it was given. */
  static String composed(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }

  /** Whether it can be sent as it is. */
  boolean isUsable() {
    return kind.use() == FileKind.Use.SENT && trouble.isEmpty();
  }

  /** Whether it is the PNG of another file. */
  boolean isConverted() {
    return !original.equals(name);
  }

  FoundFile convertedTo(Path png, String newName, long newSize) {
    return new FoundFile(
        folders, newName, original, nameable, png, FileKind.PNG, newSize, Optional.empty());
  }

  FoundFile troubled(String predicate) {
    return new FoundFile(
        folders, name, original, nameable, path, kind, size, Optional.of(predicate));
  }
}
