package io.relook.job.importing;

import io.relook.job.check.ImageRules;
import io.relook.job.domain.ImportRequest;
import io.relook.schemas.Excerpt;
import io.relook.schemas.manifest.GroundTruthLine;
import io.relook.schemas.manifest.GroundTruthLine.Reading;
import io.relook.schemas.manifest.ManifestEncoding;
import io.relook.schemas.manifest.ManifestFindings;
import io.relook.wire.DatasetType;
import io.relook.wire.LabeledImage;
import io.relook.wire.S3Object;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the images of a manifest, all of them or none: the whole manifest is checked before
 * anything is written.
 *
 * <p>Rules beyond those of a line (spec: lookout-for-vision.md §4.2, §4.3): all images and masks
 * are in one bucket, the one of the images that the data set already has; each image is named once;
 * there are not more images than the data set takes; each image follows the rules of an image that
 * is sent.
 */
final class ManifestReader {
  private static final Pattern S3_URI = Pattern.compile("s3://([^/]+)/(.+)", Pattern.DOTALL);

  /** The rules of every image; a manifest never holds the bytes of a picture. */
  private static final ImageRules RULES = new ImageRules(0);

  private final ImportRequest request;
  private final int maxImages;
  private final ManifestFindings findings = new ManifestFindings();
  private @Nullable String bucket;

  private ManifestReader(ImportRequest request, int maxImages) {
    this.request = request;
    this.maxImages = maxImages;
    this.bucket = request.imageBucket();
  }

  /** Result of reading a manifest. */
  sealed interface Result {
    /**
     * These images, in the order of the lines.
     *
     * @param findings what to know about the lines, as sentences
     */
    record Images(List<LabeledImage> images, List<String> findings) implements Result {}

    /** It is rejected, for this reason. */
    record Rejected(String sentence) implements Result {}
  }

  /**
   * Reads a manifest.
   *
   * @param maxImages images that the data set takes at most
   */
  static Result read(ImportRequest request, byte[] manifest, int maxImages) {
    CharsetDecoder strict =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    // Line by line: a large manifest is not in memory twice.
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(new ByteArrayInputStream(manifest), strict))) {
      ManifestReader reader = new ManifestReader(request, maxImages);
      List<LabeledImage> images = reader.images(lines);
      return new Result.Images(images, reader.findings.sentences());
    } catch (BadManifest e) {
      return new Result.Rejected(e.getMessage());
    } catch (IOException e) {
      return new Result.Rejected("The manifest " + ManifestEncoding.explain(manifest) + ".");
    }
  }

  private List<LabeledImage> images(BufferedReader lines) throws BadManifest, IOException {
    List<LabeledImage> images = new ArrayList<>();
    Map<String, Integer> lineOf = new HashMap<>();
    int number = 0;
    for (String read = lines.readLine(); read != null; read = lines.readLine()) {
      number++;
      String line = number == 1 && read.startsWith("\uFEFF") ? read.substring(1) : read;
      if (line.isBlank()) {
        continue;
      }
      if (images.size() == maxImages) {
        throw new BadManifest(
            "The manifest has more than "
                + maxImages
                + " images, and the "
                + (request.dataset() == DatasetType.TRAIN ? "train" : "test")
                + " data set takes no more: leave some out.");
      }
      LabeledImage image = image(number, line);
      Integer first = lineOf.putIfAbsent(image.getSourceRef(), number);
      if (first != null) {
        throw bad(
            number,
            "names the same source-ref as line "
                + first
                + ", "
                + Excerpt.quoted(image.getSourceRef())
                + ": name each image once");
      }
      images.add(image);
    }
    if (images.isEmpty()) {
      throw new BadManifest(
          "The manifest has no lines: write one JSON object per line, one for each image.");
    }
    return images;
  }

  private LabeledImage image(int number, String text) throws BadManifest {
    Reading reading = GroundTruthLine.read(text);
    if (reading instanceof Reading.Refused rejected) {
      throw bad(number, rejected.predicate());
    }
    GroundTruthLine line = ((Reading.Read) reading).line();
    findings.add(line);
    LabeledImage.Builder image =
        LabeledImage.newBuilder()
            .setAccount(request.account())
            .setProject(request.project())
            .setSourceRef(line.sourceRef())
            .setImageLocation(object(number, "source-ref", line.sourceRef()))
            .setLabel(line.label())
            .setDefectClass(line.defectClass().orElse(null))
            .setDataset(request.dataset())
            .setImportId(request.cutId())
            .setColorMap(line.colorMap())
            .setAnnotation(line.annotation().orElse(null));
    Optional<String> mask = line.maskRef();
    if (mask.isPresent()) {
      image.setMaskLocation(object(number, line.maskAttribute().orElse("mask"), mask.get()));
    }
    LabeledImage built = image.build();
    Optional<String> violation = RULES.violation(built);
    if (violation.isPresent()) {
      throw new BadManifest(
          "Line "
              + number
              + " of the manifest does not describe a valid image: "
              + violation.get());
    }
    return built;
  }

  private S3Object object(int number, String key, String uri) throws BadManifest {
    Matcher matcher = S3_URI.matcher(uri);
    if (!matcher.matches()) {
      throw bad(
          number, "has '" + key + "' " + Excerpt.quoted(uri) + ", which is not s3://BUCKET/OBJECT");
    }
    String found = matcher.group(1);
    if (bucket == null) {
      bucket = found;
    } else if (!bucket.equals(found)) {
      throw bad(
          number,
          "has '"
              + key
              + "' "
              + Excerpt.quoted(uri)
              + " in the bucket "
              + found
              + ", and other images of the data set are in "
              + bucket
              + ": put all images and masks into one bucket");
    }
    return new S3Object(found, matcher.group(2), null);
  }

  private static BadManifest bad(int line, String predicate) {
    return new BadManifest("Line " + line + " of the manifest " + predicate + ".");
  }

  private static final class BadManifest extends Exception {
    private static final long serialVersionUID = 1L;

    BadManifest(String sentence) {
      super(sentence);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
