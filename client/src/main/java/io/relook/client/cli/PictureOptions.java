package io.relook.client.cli;

import io.relook.client.ImageSource;
import io.relook.client.Manifest;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.pictures.FolderOptions;
import io.relook.client.pictures.FolderOptions.Validation;
import io.relook.client.pictures.ImageFiles;
import io.relook.client.pictures.ImageFolder;
import io.relook.client.pictures.LeftOut;
import io.relook.wire.DatasetType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How a folder of pictures is read: a mixin of every command that takes one. The command shows what
 * it understood before it does anything with it.
 */
public final class PictureOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--convert",
      description = "Make PNG of BMP, TIFF and WebP pictures, without loss; the files stay.")
  private boolean convert;

  @Option(
      names = "--skip-unreadable",
      description =
          "End with 0 even if pictures or masks were left out that are unreadable or of another format.")
  private boolean skipUnreadable;

  @Option(
      names = "--validation",
      paramLabel = "SET",
      description = "What becomes of val/ or validation/: train, test or skip.")
  private @Nullable Validation validation;

  @Option(
      names = "--normal",
      paramLabel = "FOLDER",
      description = "Name of a folder of normal pictures, besides good, normal, ok…; repeatable.")
  private Set<String> normal = new LinkedHashSet<>();

  @Option(
      names = "--anomaly",
      paramLabel = "FOLDER",
      description = "Name of a folder that is a defect class, whatever it sounds like; repeatable.")
  private Set<String> anomaly = new LinkedHashSet<>();

  @Option(names = "--yes", description = "Ask nothing: what is shown is right.")
  private boolean yes;

  /**
   * Pictures of a folder or manifest. Those that were converted are deleted at the end.
   *
   * @param folder what was understood of a folder; empty for a manifest
   * @param findings what to know about the lines of a manifest, as sentences; none for a folder
   */
  public record Selection(
      List<ImageSource> images,
      Optional<ImageFolder> folder,
      List<String> findings,
      Optional<Path> converted)
      implements AutoCloseable {
    public Selection {
      images = List.copyOf(images);
      findings = List.copyOf(findings);
    }

    @Override
    public void close() {
      converted.ifPresent(PictureOptions::delete);
    }
  }

  /**
   * Reads a folder or a manifest.
   *
   * @param dataset the one that all pictures go to, if the person named it
   */
  public Selection select(Path folderOrManifest, Optional<DatasetType> dataset) {
    return select(folderOrManifest, dataset, convert);
  }

  /** Reads a folder and makes PNG of other formats, as with {@code --convert}. */
  public Selection selectConverted(Path folder) {
    return select(folder, Optional.empty(), true);
  }

  private Selection select(
      Path folderOrManifest, Optional<DatasetType> dataset, boolean converting) {
    if (!ImageFiles.isFolder(folderOrManifest)) {
      Manifest manifest = Manifest.read(folderOrManifest);
      return new Selection(
          manifest.images(), Optional.empty(), manifest.findings(), Optional.empty());
    }
    Optional<Path> into = converting ? Optional.of(temporary()) : Optional.empty();
    try {
      ImageFolder folder =
          ImageFolder.read(
              folderOrManifest,
              new FolderOptions(
                  into, Optional.ofNullable(validation), normal, anomaly, dataset.isPresent()));
      return new Selection(folder.images(), Optional.of(folder), List.of(), into);
    } catch (RuntimeException e) {
      into.ifPresent(PictureOptions::delete);
      throw e;
    }
  }

  /**
   * Shows a person what was understood and, in a terminal, asks whether it is right. Without a
   * terminal nobody can be asked: then only what is probably a mistake needs {@code --yes}.
   *
   * @param show takes the text
   * @param ask whether to ask even if nothing looks like a mistake
   * @throws RelookException when the answer is no
   */
  public void confirm(
      Selection selection,
      DatasetType otherwise,
      Optional<DatasetType> dataset,
      PrintWriter show,
      boolean ask) {
    if (selection.folder().isEmpty()) {
      return;
    }
    ImageFolder folder = selection.folder().get();
    show.println(FolderText.of(folder, otherwise, dataset));
    show.flush();
    if (yes) {
      return;
    }
    boolean doubtful = !folder.questions().isEmpty();
    if ((ask || doubtful) && Terminal.isThere()) {
      String question =
          doubtful
              ? "Is this right all the same? [y/N] "
              : "Take these %d pictures? [Y/n] ".formatted(folder.images().size());
      if (!Terminal.yes(question, !doubtful)) {
        throw new RelookException(Kind.USAGE, "Nothing was done.");
      }
    } else if (doubtful) {
      throw new RelookException(
          Kind.USAGE,
          "Nothing was done, since this is probably a mistake: %s Give --yes if it is right."
              .formatted(String.join(" ", folder.questions())));
    }
  }

  /** The exit code of a command that did everything else, after it said what it left out. */
  public int exitCode(Selection selection) {
    List<LeftOut> losses = selection.folder().map(ImageFolder::losses).orElse(List.of());
    if (losses.isEmpty() || skipUnreadable) {
      return ExitCode.OK.code();
    }
    PrintWriter err = command.commandLine().getErr();
    err.println("relook: " + FolderText.losses(losses));
    err.flush();
    return ExitCode.FAILED.code();
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("relook-converted");
    } catch (IOException e) {
      throw new RelookException(
          Kind.USAGE, "There is no place for converted pictures: " + e.getMessage() + ".", e);
    }
  }

  private static void delete(Path folder) {
    List<Path> files = new ArrayList<>();
    try {
      try (Stream<Path> inside = Files.list(folder)) {
        inside.forEach(files::add);
      }
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + folder, e);
    }
  }
}
