package io.relook.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relook.learning.model.Detection;
import io.relook.learning.model.DetectionModel;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PredictCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static byte[] onnx = new byte[0];

  @TempDir private Path directory = Path.of(".");
  private String model = "";

  /** Learned from six good pictures. */
  @BeforeAll
  static void train() throws Exception {
    onnx = SmallModel.train(Map.of());
  }

  @BeforeEach
  void write() throws Exception {
    model = Files.write(directory.resolve("m.onnx"), onnx).toString();
  }

  @Test
  void printsAnObjectForEachPicture() throws Exception {
    Path good = Files.write(directory.resolve("good.png"), SmallModel.png(9, false));
    Path bad = Files.write(directory.resolve("bad.png"), SmallModel.png(9, true));

    Ran ran = relook("predict", model, good.toString(), bad.toString());

    assertThat(ran.exitCode).as(ran.err).isZero();
    assertThat(ran.lines()).hasSize(2);
    JsonNode second = JSON.readTree(ran.lines().get(1));
    Detection expected = detect(SmallModel.png(9, true));
    assertThat(second.path("source").textValue()).isEqualTo(bad.toString());
    assertThat(second.path("score").floatValue()).isEqualTo((float) expected.score());
    assertThat(second.path("isAnomalous").booleanValue()).isTrue().isEqualTo(expected.anomalous());
    assertThat(second.path("confidence").floatValue()).isEqualTo((float) expected.confidence());
    assertThat(second.path("threshold").doubleValue()).isEqualTo(0.5);
    assertThat(second.path("width").intValue()).isEqualTo(64);
    assertThat(JSON.readTree(ran.lines().get(0)).path("score").doubleValue())
        .isLessThan(expected.score());
  }

  /** As Lookout for Vision refuses them; the size is that of the upright picture. */
  @ParameterizedTest
  @CsvSource({"65, 64", "64, 65", "128, 128", "96, 64", "64, 256"})
  void aPictureOfAnotherSizeIsRefusedUnlessItIsWanted(int width, int height) throws Exception {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", png);
    Path odd = Files.write(directory.resolve("odd.png"), png.toByteArray());
    Path good = Files.write(directory.resolve("z-good.png"), SmallModel.png(9, false));

    Ran refused = relook("predict", model, odd.toString(), good.toString());
    assertThat(refused.exitCode).isEqualTo(2);
    assertThat(JSON.readTree(refused.lines().get(0)).path("error").textValue())
        .isEqualTo(
            "The picture has %d x %d pixels, upright, and the model learned from pictures of 64 x 64. Give --any-size to score it anyway."
                .formatted(width, height));
    assertThat(JSON.readTree(refused.lines().get(1)).has("score")).isTrue();
    Ran wanted = relook("predict", model, odd.toString(), "--any-size");
    assertThat(wanted.exitCode).isZero();
    assertThat(JSON.readTree(wanted.out).path("width").intValue()).isEqualTo(width);
  }

  @ParameterizedTest
  @CsvSource({"10", "12", "14", "9", "11"})
  void theBitsOfACameraAreSaidAndNeverGuessed(int bits) throws Exception {
    Path camera = PictureFiles.camera(directory, bits);

    Ran refused = relook("predict", model, camera.toString());
    assertThat(refused.exitCode).isEqualTo(2);
    assertThat(refused.out).contains("Say how many bits the camera fills");
    Ran told = relook("predict", model, camera.toString(), "--significant-bits", "" + bits);
    assertThat(told.exitCode).as(told.out).isZero();
    Path plain =
        PictureFiles.write(directory).stream()
            .filter(file -> file.endsWith("grey-8.png"))
            .findFirst()
            .orElseThrow();
    assertThat(JSON.readTree(told.out).path("score").doubleValue())
        .as("the score of the same picture with 8 bits")
        .isEqualTo(
            JSON.readTree(relook("predict", model, plain.toString()).out)
                .path("score")
                .doubleValue());
    assertThat(relook("predict", model, camera.toString(), "--significant-bits", "8").err)
        .contains("The value 8 of --significant-bits must be 9 to 16.");
  }

  @Test
  void damagedJpegDataIsShown() throws Exception {
    BufferedImage noise = new BufferedImage(200, 200, BufferedImage.TYPE_INT_RGB);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 200 * 200; i++) {
      noise.setRGB(i % 200, i / 200, random.nextInt());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(noise, "jpeg", out);
    byte[] jpeg = out.toByteArray();
    for (int i = 0; i < 200; i++) {
      jpeg[jpeg.length / 2 + i] = (byte) random.nextInt(0x80);
    }
    Path damaged = Files.write(directory.resolve("damaged.jpg"), jpeg);

    Ran ran = relook("predict", model, damaged.toString(), "--any-size");
    assertThat(ran.exitCode).as(ran.out).isZero();
    assertThat(JSON.readTree(ran.out).path("damage").asText()).contains("Corrupt JPEG data");
    assertThat(relook("predict", model, damaged.toString(), "--any-size", "--output", "text").out)
        .contains("damaged: Corrupt JPEG data");
  }

  @Test
  void theThresholdCanBeMoved() throws Exception {
    Path bad = Files.write(directory.resolve("bad.png"), SmallModel.png(9, true));

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
    Files.write(photos.resolve("a.png"), SmallModel.png(1, false));
    Files.write(photos.resolve("dent/a.png"), SmallModel.png(2, true));
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
    Path broken =
        Files.write(directory.resolve("broken.png"), Arrays.copyOf(SmallModel.png(1, false), 100));
    Path good = Files.write(directory.resolve("good.png"), SmallModel.png(2, false));

    Ran ran = relook("predict", model, broken.toString(), good.toString());

    assertThat(ran.exitCode).isEqualTo(2);
    assertThat(JSON.readTree(ran.lines().get(0)).path("error").textValue()).isNotBlank();
    assertThat(JSON.readTree(ran.lines().get(1)).has("score")).isTrue();
  }

  @Test
  void aFileThatIsNotAModelIsReported() throws Exception {
    Path picture = Files.write(directory.resolve("a.png"), SmallModel.png(1, false));

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
    Path picture = Files.write(directory.resolve("a.png"), SmallModel.png(1, false));
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
            "relook.picture.width",
            "relook.picture.height",
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
      return opened.detect(SmallModel.decoded(png));
    }
  }
}
