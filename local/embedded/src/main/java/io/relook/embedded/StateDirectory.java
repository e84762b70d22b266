package io.relook.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * A folder with the checkpoints and savepoints of one job: {@code checkpoints/JOB_ID/chk-N} and
 * {@code savepoints/savepoint-…}. Each start of the job is a run with an id of its own.
 *
 * <p>A run restores without claiming (Flink's {@code NO_CLAIM}): incremental checkpoints share
 * files, and a run that owned the state of a former one would delete files that other checkpoints
 * of it need. So Flink never deletes what former runs left, and this class does.
 *
 * @param path the folder; it need not exist
 */
public record StateDirectory(Path path) {

  /**
   * So many complete checkpoints of a run depend on none of a former one, and are the number that
   * is retained: then what former runs left is of no use.
   */
  public static final int CHECKPOINTS_BEFORE_REMOVAL = 3;

  private static final String CHECKPOINTS = "checkpoints";
  private static final String SAVEPOINTS = "savepoints";

  /** Where Flink writes checkpoints. */
  public URI checkpoints() {
    return path.resolve(CHECKPOINTS).toUri();
  }

  /** Where Flink writes savepoints. */
  public URI savepoints() {
    return path.resolve(SAVEPOINTS).toUri();
  }

  /** The metadata file of the newest complete checkpoint or savepoint, as a URI. */
  public Optional<String> newest() {
    if (!Files.isDirectory(path)) {
      return Optional.empty();
    }
    NewestMetadata newest = new NewestMetadata();
    try {
      Files.walkFileTree(path, Set.of(), 4, newest);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for checkpoints in " + path, e);
    }
    return newest.file.map(file -> file.toUri().toString());
  }

  /**
   * Removes the checkpoints of former runs, and the savepoint from which the present run started.
   * Other savepoints belong to the person who took them.
   *
   * @param run id of the present run, which has {@link #CHECKPOINTS_BEFORE_REMOVAL} complete
   *     checkpoints
   * @param restored the state from which it started, as Flink names it
   * @return the removed folders
   */
  public List<Path> removeFormer(String run, Optional<String> restored) {
    List<Path> former = new ArrayList<>(children(path.resolve(CHECKPOINTS)));
    former.removeIf(folder -> folder.endsWith(run));
    restored
        .map(state -> state.replaceFirst("/?(_metadata)?$", ""))
        .ifPresent(
            state ->
                children(path.resolve(SAVEPOINTS)).stream()
                    .filter(savepoint -> state.endsWith("/" + savepoint.getFileName()))
                    .forEach(former::add));
    try {
      for (Path folder : former) {
        FileUtils.deleteDirectory(folder.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove checkpoints in " + path, e);
    }
    return former;
  }

  private static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder, e);
    }
  }

  /** Skips files that Flink deletes at the same time, such as old checkpoints. */
  private static final class NewestMetadata extends SimpleFileVisitor<Path> {
    private Optional<Path> file = Optional.empty();
    private FileTime modified = FileTime.fromMillis(0);

    @Override
    public FileVisitResult visitFile(Path visited, BasicFileAttributes attributes) {
      if (visited.endsWith("_metadata") && attributes.lastModifiedTime().compareTo(modified) > 0) {
        file = Optional.of(visited);
        modified = attributes.lastModifiedTime();
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path gone, IOException failure) throws IOException {
      return goOn(failure);
    }

    @Override
    public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure)
        throws IOException {
      return goOn(failure);
    }

    private static FileVisitResult goOn(@Nullable IOException failure) throws IOException {
      if (failure == null || failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }
}
