package io.relook.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.BucketClient;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.S3Uri;
import io.relook.client.cli.ConnectionOptions;
import io.relook.client.cli.ExitCode;
import io.relook.learning.model.Detection;
import io.relook.learning.model.DetectionModel;
import io.relook.learning.model.ModelCard;
import io.relook.learning.onnx.OnnxFailedException;
import io.relook.learning.picture.DecodedPicture;
import io.relook.learning.picture.Picture;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import io.relook.learning.picture.UnreadablePictureException;
import io.relook.learning.report.HeatMap;
import io.relook.learning.report.Jpeg;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relook predict}. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    customSynopsis = "relook predict MODEL IMAGE… [OPTIONS]",
    description = {
      "Scores pictures with a model file, without broker or cluster.",
      "Prints one line with a JSON object for each picture. For a picture that cannot be read, or"
          + " has another size than",
      "those that the model learned from, the object has an error, and the exit code is 2."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook predict model/Model-parts-1.onnx photos/ --output text",
      "  relook predict model/Model-parts-1.onnx a.jpg b.jpg --threshold 0.7 --heat-maps heat/",
      "  relook predict --card model/Model-parts-1.onnx"
    })
final class PredictCommand implements Callable<Integer> {
  /** The largest model file that relook publishes. */
  private static final long MAX_MODEL_BYTES = 1024L * 1024 * 1024;

  private static final int MOST_IMAGES = 1_000_000;

  /** Heat maps are at most as large as pictures. */
  private static final int LONGEST_SIDE = PictureLimits.DEFAULT.maxSide();

  private static final float QUALITY = 0.9f;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private enum Format {
    TEXT,
    JSON
  }

  @Parameters(index = "0", paramLabel = "MODEL", description = "ONNX file, or s3://bucket/key.")
  private String modelPlace = "";

  @Parameters(
      index = "1..*",
      paramLabel = "IMAGE",
      description = "JPEG or PNG file, or a folder with these at any depth.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--threshold",
      paramLabel = "SCORE",
      description = "Scores from this value on are anomalous, 0 to 1; default: that of the model.")
  private @Nullable Double threshold;

  @Option(
      names = "--heat-maps",
      paramLabel = "DIR",
      description = "Write each picture with its heat map to this folder, as JPEG.")
  private @Nullable Path heatMaps;

  @Option(
      names = "--any-size",
      description = "Score also pictures of another size than those that the model learned from.")
  private boolean anySize;

  @Option(
      names = "--significant-bits",
      paramLabel = "BITS",
      description =
          "Bits that the camera fills of each sample of a 16-bit PNG, 9 to 16; default: as the"
              + " model card says.")
  private @Nullable Integer significantBits;

  @Option(names = "--card", description = "Print the model card in the file.")
  private boolean card;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "json",
      description = "json for scripts, text for people; default ${DEFAULT-VALUE}.")
  private Format format = Format.JSON;

  @SuppressWarnings("UnusedVariable") // the handler of failures reads the words of the command line
  @Option(names = "--debug", description = "Print stack traces of failures.")
  private boolean debug;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  @Override
  public Integer call() throws IOException {
    if (images.isEmpty() && !card) {
      throw new ParameterException(
          spec.commandLine(),
          "Name a picture or a folder to score, or give --card to read the model card.");
    }
    if (threshold != null && !(threshold >= 0 && threshold <= 1)) {
      throw new ParameterException(
          spec.commandLine(), "The value " + threshold + " of --threshold must be 0 to 1.");
    }
    if (significantBits != null && (significantBits < 9 || significantBits > 16)) {
      throw new ParameterException(
          spec.commandLine(),
          "The value " + significantBits + " of --significant-bits must be 9 to 16.");
    }
    List<Source> sources = sources();
    try (DetectionModel model = DetectionModel.open(modelFile(), threads())) {
      if (card) {
        print(model.metadata());
      }
      return judge(model, sources).code();
    } catch (OnnxFailedException e) {
      throw new RelookException(
          Kind.USAGE,
          "%s is not a model file of relook, or it is damaged: %s"
              .formatted(modelPlace, bounded(String.valueOf(e.getMessage()))),
          e);
    }
  }

  private ExitCode judge(DetectionModel model, List<Source> sources) throws IOException {
    ModelCard expected = new ModelCard(model.metadata());
    int bits = significantBits == null ? expected.significantBits().orElse(0) : significantBits;
    PictureDecoder decoder = new PictureDecoder(PictureLimits.DEFAULT.withSignificantBits(bits));
    Set<Path> written = new HashSet<>();
    ExitCode code = ExitCode.OK;
    for (Source source : sources) {
      Optional<DecodedPicture> read = read(decoder, source);
      Optional<String> misfit =
          read.map(DecodedPicture::picture)
              .filter(picture -> !anySize)
              .flatMap(picture -> expected.misfit(picture.width(), picture.height()));
      misfit.ifPresent(
          sentence -> printError(source, sentence + " Give --any-size to score it anyway."));
      if (read.isEmpty() || misfit.isPresent()) {
        code = ExitCode.USAGE;
        continue;
      }
      Picture picture = read.get().picture();
      Detection detection = model.detect(picture);
      Optional<Path> heatMap =
          heatMaps == null
              ? Optional.empty()
              : Optional.of(write(heatMaps, source, picture, detection, written));
      print(source, read.get(), detection, heatMap);
    }
    return code;
  }

  /**
   * A picture to score.
   *
   * @param relative its path below the given folder, or its name
   */
  private record Source(Path file, Path relative) {}

  private List<Source> sources() throws IOException {
    List<Source> sources = new ArrayList<>();
    for (Path image : images) {
      if (Files.isDirectory(image)) {
        try (Stream<Path> files = Files.walk(image)) {
          List<Path> found =
              files
                  .filter(PredictCommand::isPicture)
                  .filter(Files::isRegularFile)
                  .limit(MOST_IMAGES)
                  .sorted()
                  .toList();
          if (found.isEmpty()) {
            throw new RelookException(
                Kind.USAGE, "The folder " + image + " holds no .jpg, .jpeg or .png file.");
          }
          found.forEach(file -> sources.add(new Source(file, image.relativize(file))));
        }
      } else if (Files.isRegularFile(image)) {
        sources.add(new Source(image, name(image)));
      } else {
        throw new RelookException(
            Kind.USAGE, "There is neither a picture nor a folder at " + image + ".");
      }
    }
    return sources;
  }

  private static boolean isPicture(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".jpg") || name.endsWith(".jpeg") || name.endsWith(".png");
  }

  private static Path name(Path file) {
    Path name = file.getFileName();
    return name == null ? file : name;
  }

  /** The picture; or nothing, after its error is printed. */
  private Optional<DecodedPicture> read(PictureDecoder decoder, Source source) throws IOException {
    try {
      return Optional.of(decoder.decodeWithDamage(bytes(source.file())));
    } catch (UnreadablePictureException e) {
      printError(source, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      printError(source, "The file cannot be read: " + e);
    }
    return Optional.empty();
  }

  private static byte[] bytes(Path file) throws IOException, UnreadablePictureException {
    long size = Files.size(file);
    if (size > PictureLimits.DEFAULT.maxBytes()) {
      throw new UnreadablePictureException(
          UnreadablePictureException.Reason.PICTURE_FILE_TOO_LARGE,
          "The file has %d bytes, but at most %d are allowed: compress or shrink the picture."
              .formatted(size, PictureLimits.DEFAULT.maxBytes()));
    }
    return Files.readAllBytes(file);
  }

  private byte[] modelFile() throws IOException {
    Optional<S3Uri> object = S3Uri.parse(modelPlace);
    if (object.isEmpty()) {
      return read(Path.of(modelPlace));
    }
    Path copy = Files.createTempFile("relook-model", ".onnx");
    try (BucketClient store = connection.connection().store()) {
      store.download(object.get().object(), copy);
      return read(copy);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  private byte[] read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new RelookException(Kind.USAGE, "There is no model file at " + modelPlace + ".");
    }
    long size = Files.size(file);
    if (size > MAX_MODEL_BYTES) {
      throw new RelookException(
          Kind.USAGE,
          "%s has %d bytes, but a model file has at most %d: name the .onnx file."
              .formatted(modelPlace, size, MAX_MODEL_BYTES));
    }
    return Files.readAllBytes(file);
  }

  private static int threads() {
    return Math.max(1, Runtime.getRuntime().availableProcessors());
  }

  private static Path write(
      Path directory, Source source, Picture picture, Detection detection, Set<Path> written)
      throws IOException {
    String file = source.relative().toString();
    int dot = file.lastIndexOf('.');
    String stem = directory.resolve(dot < 1 ? file : file.substring(0, dot)).toString();
    Path path = Path.of(stem + "-heat-map.jpg");
    for (int n = 2; !written.add(path); n++) {
      path = Path.of(stem + "-heat-map-" + n + ".jpg");
    }
    try {
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.write(path, Jpeg.encode(HeatMap.over(picture, detection), LONGEST_SIDE, QUALITY));
      return path;
    } catch (IOException e) {
      throw new RelookException(Kind.USAGE, "The heat map " + path + " cannot be written.", e);
    }
  }

  private void print(
      Source source, DecodedPicture read, Detection detection, Optional<Path> heatMap) {
    // As float, like any other ONNX Runtime prints this output.
    float score = (float) detection.score();
    double used = threshold == null ? detection.threshold() : threshold;
    boolean anomalous = detection.score() >= used;
    float confidence = anomalous ? score : 1 - score;
    if (format == Format.TEXT) {
      line(
          "%-9s score %.4f  confidence %.4f  %s%s%s"
              .formatted(
                  anomalous ? "ANOMALOUS" : "normal",
                  score,
                  confidence,
                  source.file(),
                  heatMap.map(path -> "  → " + path).orElse(""),
                  read.damage().isEmpty() ? "" : "  damaged: " + read.damage().get(0)));
      return;
    }
    ObjectNode json = JSON.objectNode();
    json.put("source", source.file().toString());
    json.put("score", score);
    json.put("isAnomalous", anomalous);
    json.put("confidence", confidence);
    json.put("threshold", (float) used);
    json.put("width", read.picture().width());
    json.put("height", read.picture().height());
    if (!read.damage().isEmpty()) {
      json.put("damage", read.damage().get(0));
    }
    heatMap.ifPresent(path -> json.put("heatMap", path.toString()));
    line(json.toString());
  }

  private void printError(Source source, String sentence) {
    if (format == Format.TEXT) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("relook: " + source.file() + ": " + sentence);
      err.flush();
      return;
    }
    ObjectNode json = JSON.objectNode();
    json.put("source", source.file().toString());
    json.put("error", sentence);
    line(json.toString());
  }

  private void print(Map<String, String> metadata) {
    Map<String, String> sorted = new TreeMap<>(metadata);
    if (format == Format.TEXT) {
      int width = sorted.keySet().stream().mapToInt(String::length).max().orElse(1);
      sorted.forEach((name, value) -> line(("%-" + width + "s  %s").formatted(name, value)));
      return;
    }
    ObjectNode json = JSON.objectNode();
    sorted.forEach(json::put);
    line(json.toString());
  }

  private void line(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }

  private static String bounded(String text) {
    return text.length() <= 300 ? text : text.substring(0, 300) + "…";
  }
}
