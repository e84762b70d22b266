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
 * @param name of the file
 * @param nameable whether the names are text; else they show some bytes as {@code \\xFC}
 * @param path where its bytes are; elsewhere, if it was converted
 * @param trouble what is wrong with it, as the predicate of a sentence; given if it cannot be used
 */
record FoundFile(
    List<String> folders,
    String name,
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
    return folders.isEmpty() ? name : String.join("/", folders) + "/" + name;
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
    return Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
  }

  /** Whether it can be sent as it is. */
  boolean isUsable() {
    return kind.use() == FileKind.Use.SENT && trouble.isEmpty();
  }

  /** Whether it is the PNG of another file. */
  boolean isConverted() {
    return kind == FileKind.PNG && !FileName.of(path).text().equals(name);
  }

  FoundFile convertedTo(Path png, String newName, long newSize) {
    return new FoundFile(folders, newName, nameable, png, FileKind.PNG, newSize, Optional.empty());
  }

  FoundFile troubled(String predicate) {
    return new FoundFile(folders, name, nameable, path, kind, size, Optional.of(predicate));
  }
}
