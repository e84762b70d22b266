package io.relook.client;

import io.relook.client.ImageSource.Content;
import io.relook.client.RelookException.Kind;
import io.relook.schemas.manifest.BadLine;
import io.relook.schemas.manifest.GroundTruthLine;
import io.relook.schemas.manifest.GroundTruthLine.Reading;
import io.relook.schemas.manifest.ManifestEncoding;
import io.relook.schemas.manifest.ManifestFindings;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A manifest of Lookout for Vision or Ground Truth: JSON Lines, one {@link GroundTruthLine} a line.
 * Besides {@code s3://} addresses it may name files, relative to the manifest.
 *
 * @param images in the order of the lines
 * @param findings what to know about the lines, as sentences
 */
public record Manifest(List<ImageSource> images, List<String> findings) {
  private static final Pattern OTHER_SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://.*");

  public Manifest {
    images = List.copyOf(images);
    findings = List.copyOf(findings);
  }

  /**
   * Reads a manifest, but not its pictures.
   *
   * @throws RelookException with the first wrong line, or when the file cannot be read
   */
  public static Manifest read(Path file) {
    Path parent = file.toAbsolutePath().normalize().getParent();
    Path folder = parent == null ? Path.of("/") : parent;
    List<ImageSource> images = new ArrayList<>();
    Map<String, Integer> lineOf = new HashMap<>();
    ManifestFindings findings = new ManifestFindings();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String line;
      for (int number = 1; (line = reader.readLine()) != null; number++) {
        String text = number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
        if (!text.isBlank()) {
          try {
            ImageSource image = image(text, folder, findings);
            Integer first = lineOf.putIfAbsent(image.sourceRef(), number);
            if (first != null) {
              throw new BadLine(
                  "names the same source-ref as line %d, %s: name each image once"
                      .formatted(first, image.sourceRef()));
            }
            images.add(image);
          } catch (BadLine e) {
            throw new RelookException(
                Kind.USAGE, "Line %d of %s %s.".formatted(number, file, e.getMessage()));
          }
        }
      }
    } catch (CharacterCodingException e) {
      throw new RelookException(
          Kind.USAGE, "The manifest %s %s.".formatted(file, encoding(file)), e);
    } catch (AccessDeniedException e) {
      throw new RelookException(
          Kind.USAGE, "The manifest " + file + " cannot be read: you have no right to read it.", e);
    } catch (IOException e) {
      throw new RelookException(
          Kind.USAGE, "The manifest %s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
    if (images.isEmpty()) {
      throw new RelookException(Kind.USAGE, "The manifest " + file + " has no lines.");
    }
    return new Manifest(images, findings.sentences());
  }

  private static String encoding(Path file) {
    try {
      return ManifestEncoding.explain(Files.readAllBytes(file));
    } catch (IOException e) {
      return "is not UTF-8 text";
    }
  }

  private static ImageSource image(String text, Path folder, ManifestFindings findings)
      throws BadLine {
    Reading reading = GroundTruthLine.read(text);
    if (reading instanceof Reading.Refused refused) {
      throw new BadLine(refused.predicate());
    }
    GroundTruthLine line = ((Reading.Read) reading).line();
    findings.add(line);
    return new ImageSource(
        line.sourceRef(),
        content(line.sourceRef(), "source-ref", folder),
        line.label(),
        line.defectClass(),
        Optional.empty(),
        line.maskRef().isPresent()
            ? Optional.of(
                content(line.maskRef().get(), line.maskAttribute().orElse("mask"), folder))
            : Optional.empty(),
        line.colorMap(),
        line.annotation());
  }

  private static Content content(String reference, String key, Path folder) throws BadLine {
    if (reference.startsWith("s3://")) {
      Optional<S3Uri> uri = S3Uri.parse(reference).filter(found -> !found.path().isEmpty());
      if (uri.isEmpty()) {
        throw new BadLine("has '%s' %s, which is not s3://BUCKET/OBJECT".formatted(key, reference));
      }
      return new Content.InStore(uri.get().object());
    }
    if (OTHER_SCHEME.matcher(reference).matches()) {
      throw new BadLine(
          "has '%s' %s; use s3://BUCKET/OBJECT or the path of a file".formatted(key, reference));
    }
    Path file = folder.resolve(reference).normalize();
    if (!Files.isRegularFile(file)) {
      throw new BadLine("has '%s' %s, but there is no file %s".formatted(key, reference, file));
    }
    return new Content.LocalFile(file);
  }
}
