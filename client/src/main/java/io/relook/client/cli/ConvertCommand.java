package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.pictures.FolderConversion;
import io.relook.client.pictures.LeftOutText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relook images convert}. */
@Command(
    name = "convert",
    customSynopsis = "relook images convert [OPTIONS] DIR",
    mixinStandardHelpOptions = true,
    description = {
      "Copies a folder and makes PNG of its BMP, TIFF and WebP pictures, without loss.",
      "",
      "Every sample of a PNG is compared with its original. What cannot be PNG without loss (32-bit or "
          + "fractional values, CMYK, several pictures in a file) is named and not copied."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook images convert photos",
      "  relook images convert photos --to /data/photos-as-png"
    })
final class ConvertCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Folder with pictures, which is not changed.")
  private Path folder = Path.of("");

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "New or empty folder for the copy; default: the folder's name with -png.")
  private @Nullable Path to;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    Path from = folder.toAbsolutePath().normalize();
    if (!Files.isDirectory(from)) {
      throw new RelookException(Kind.USAGE, "There is no folder at " + folder + ".");
    }
    Path into = to == null ? from.resolveSibling(from.getFileName() + "-png") : to;
    FolderConversion.Outcome outcome = FolderConversion.copy(folder, into);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("to", into.toString());
    json.put("converted", outcome.converted());
    json.put("copied", outcome.copied());
    json.put("refused", outcome.refused().size());
    output.print(
        json,
        "Wrote %s: %s became PNG, %s copied%s."
            .formatted(
                into,
                outcome.converted() == 1 ? "1 picture" : outcome.converted() + " pictures",
                outcome.copied() == 1 ? "1 file was" : outcome.copied() + " files were",
                outcome.hidden() == 0 ? "" : ", hidden ones not (%d)".formatted(outcome.hidden())));
    if (outcome.refused().isEmpty()) {
      return ExitCode.OK.code();
    }
    output.progress(
        "relook: Not in the copy: " + String.join(" ", LeftOutText.lines(outcome.refused())));
    return ExitCode.FAILED.code();
  }
}
