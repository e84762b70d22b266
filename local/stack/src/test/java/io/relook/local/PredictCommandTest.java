package io.relook.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.features.Features;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.model.Detection;
import io.relook.learning.model.DetectionModel;
import io.relook.learning.picture.Picture;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import io.relook.learning.training.Trainer;
import io.relook.learning.training.TrainingSettings;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PredictCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int AREA = 64 * 64;

  private static byte[] onnx = new byte[0];

  @TempDir private Path directory = Path.of(".");
  private String model = "";

  /** Learned from six good pictures. */
  @BeforeAll
  static void train() throws Exception {
    Backbone backbone = Backbone.bundled();
    List<LabelledFeatures> good = new ArrayList<>();
    try (OnnxFeatureExtractor extractor = new OnnxFeatureExtractor(backbone, AREA, 1)) {
      for (int i = 0; i < 6; i++) {
        Features features = extractor.extract(decoded(png(i, false)));
        good.add(new LabelledFeatures("g" + i, false, Optional.empty(), "d" + i, () -> features));
      }
    }
    onnx =
        new Trainer(backbone)
            .train(
                new TrainingData(good, List.of()),
                new TrainingSettings(AREA, 1, 1, Map.of("relook.project", "parts")),
                stage -> {})
            .onnx();
  }

  @BeforeEach
  void write() throws Exception {
    model = Files.write(directory.resolve("m.onnx"), onnx).toString();
  }

  @Test
  void printsAnObjectForEachPicture() throws Exception {
    Path good = Files.write(directory.resolve("good.png"), png(9, false));
    Path bad = Files.write(directory.resolve("bad.png"), png(9, true));

    Ran ran = relook("predict", model, good.toString(), bad.toString());

    assertThat(ran.exitCode).as(ran.err).isZero();
    assertThat(ran.lines()).hasSize(2);
    JsonNode second = JSON.readTree(ran.lines().get(1));
    Detection expected = detect(png(9, true));
    assertThat(second.path("source").textValue()).isEqualTo(bad.toString());
    assertThat(second.path("score").floatValue()).isEqualTo((float) expected.score());
    assertThat(second.path("isAnomalous").booleanValue()).isTrue().isEqualTo(expected.anomalous());
    assertThat(second.path("confidence").floatValue()).isEqualTo((float) expected.confidence());
    assertThat(second.path("threshold").doubleValue()).isEqualTo(0.5);
    assertThat(second.path("width").intValue()).isEqualTo(64);
    assertThat(JSON.readTree(ran.lines().get(0)).path("score").doubleValue())
        .isLessThan(expected.score());
  }

  @Test
  void theThresholdCanBeMoved() throws Exception {
    Path bad = Files.write(directory.resolve("bad.png"), png(9, true));

    Ran ran = relook("predict", model, bad.toString(), "--threshold", "0.9999999");

    JsonNode line = JSON.readTree(ran.out);
    assertThat(line.path("isAnomalous").booleanValue()).isFalse();
    assertThat(line.path("confidence").floatValue()).isEqualTo(1 - line.path("score").floatValue());
    assertThat(line.path("threshold").floatValue()).isEqualTo(0.9999999f);
    assertThat(relook("predict", model, bad.toString(), "--threshold", "1.5").exitCode)
        .isEqualTo(2);
    assertThat(relook("predict", model, bad.toString(), "--threshold", "NaN").exitCode)
        .isEqualTo(2);
  }

  @Test
  void aFolderIsJudgedWholeAndHeatMapsKeepItsShape() throws Exception {
    Path photos = directory.resolve("photos");
    Files.createDirectories(photos.resolve("dent"));
    Files.write(photos.resolve("a.png"), png(1, false));
    Files.write(photos.resolve("dent/a.png"), png(2, true));
    Files.writeString(photos.resolve("notes.txt"), "no picture");
    Path heat = directory.resolve("heat");

    Ran ran = relook("predict", model, photos.toString(), "--heat-maps", heat.toString());

    assertThat(ran.exitCode).as(ran.err).isZero();
    assertThat(ran.lines()).hasSize(2);
    assertThat(JSON.readTree(ran.lines().get(1)).path("heatMap").textValue())
        .isEqualTo(heat.resolve("dent/a-heat-map.jpg").toString());
    for (String file : List.of("a-heat-map.jpg", "dent/a-heat-map.jpg")) {
      BufferedImage map = ImageIO.read(heat.resolve(file).toFile());
      assertThat(List.of(map.getWidth(), map.getHeight())).containsExactly(64, 64);
    }
  }

  @Test
  void aPictureThatCannotBeReadDoesNotStopTheOthers() throws Exception {
    Path broken = Files.write(directory.resolve("broken.png"), Arrays.copyOf(png(1, false), 100));
    Path good = Files.write(directory.resolve("good.png"), png(2, false));

    Ran ran = relook("predict", model, broken.toString(), good.toString());

    assertThat(ran.exitCode).isEqualTo(2);
    assertThat(JSON.readTree(ran.lines().get(0)).path("error").textValue()).isNotBlank();
    assertThat(JSON.readTree(ran.lines().get(1)).has("score")).isTrue();
  }

  @Test
  void aFileThatIsNotAModelIsReported() throws Exception {
    Path picture = Files.write(directory.resolve("a.png"), png(1, false));

    Ran noModel = relook("predict", picture.toString(), picture.toString());
    assertThat(noModel.exitCode).isEqualTo(2);
    assertThat(noModel.err).contains("a.png is not a model file of relook");
    assertThat(relook("predict", "nowhere.onnx", picture.toString()).err)
        .contains("There is no model file at nowhere.onnx.");
    assertThat(relook("predict", model, "nowhere.jpg").err)
        .contains("There is neither a picture nor a folder at nowhere.jpg.");
    assertThat(relook("predict", model).exitCode).isEqualTo(2);
  }

  @Test
  void aModelFileTooLargeIsNotRead() throws Exception {
    Path picture = Files.write(directory.resolve("a.png"), png(1, false));
    Path large = directory.resolve("large.onnx");
    try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
      sparse.setLength((1L << 30) + 1);
    }

    assertThat(relook("predict", large.toString(), picture.toString()).err)
        .contains("has 1073741825 bytes, but a model file has at most 1073741824");
  }

  @Test
  void printsTheModelCard() throws Exception {
    JsonNode card = JSON.readTree(relook("predict", "--card", model).out);

    assertThat(card.path("relook.project").textValue()).isEqualTo("parts");
    for (String name :
        List.of(
            "relook.backbone.name",
            "relook.backbone.licence",
            "relook.heads",
            "relook.threshold",
            "relook.onnx.opset",
            "relook.onnx.ir")) {
      assertThat(card.path(name).textValue()).as(name).isNotBlank();
    }
    assertThat(relook("predict", "--card", model, "--output", "text").out)
        .containsPattern("(?m)^relook.project +parts$");
  }

  @Test
  void itsExamplesAreUnderstood() {
    CommandLine command =
        Objects.requireNonNull(Relook.commandLine().getSubcommands().get("predict"));

    for (String example : command.getCommandSpec().usageMessage().footer()) {
      String[] words = example.strip().split(" ");
      Relook.commandLine().parseArgs(Arrays.copyOfRange(words, 1, words.length));
    }
  }

  private record Ran(int exitCode, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  private static Ran relook(String... args) {
    CommandLine commandLine = Relook.commandLine();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    return new Ran(commandLine.execute(args), out.toString(), err.toString());
  }

  private static Detection detect(byte[] png) throws Exception {
    try (DetectionModel opened = DetectionModel.open(onnx, 1)) {
      return opened.detect(decoded(png));
    }
  }

  private static Picture decoded(byte[] png) throws Exception {
    return new PictureDecoder(PictureLimits.DEFAULT).decode(png);
  }

  /** Grey noise, with a bright patch where there is a defect. */
  private static byte[] png(int seed, boolean defect) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        boolean patch = defect && x > 20 && x < 40 && y > 20 && y < 40;
        int value = patch ? ((x + y) % 2) * 255 : 100 + random.nextInt(20);
        image.setRGB(x, y, value << 16 | value << 8 | value);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }
}
