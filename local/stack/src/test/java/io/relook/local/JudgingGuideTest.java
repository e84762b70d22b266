package io.relook.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relook.learning.model.ModelCard;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.tools.ToolProvider;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The programs of docs/guides/judging.md, as they stand there, give the scores of {@code predict}.
 */
class JudgingGuideTest {
  private static final Path GUIDE = Path.of("../../docs/guides/judging.md");
  private static final Offset<Double> TOLERANCE = Offset.offset(1e-3);
  private static final int LEAST_KINDS = 20;

  @TempDir private static Path directory = Path.of(".");
  private static String model = "";
  private static String cameraModel = "";
  private static List<Path> files = List.of();
  private static Path camera = Path.of(".");

  @BeforeAll
  static void write() throws Exception {
    List<BufferedImage> good = IntStream.range(0, 16).mapToObj(PictureFiles::colored).toList();
    model = Files.write(directory.resolve("m.onnx"), SmallModel.train(Map.of(), good)).toString();
    cameraModel =
        Files.write(
                directory.resolve("camera.onnx"),
                SmallModel.train(Map.of(ModelCard.SIGNIFICANT_BITS, "12"), good))
            .toString();
    files = PictureFiles.write(directory);
    camera = PictureFiles.camera(directory, 12);
  }

  @Test
  void theFilesAreOfManyKindsAndTheirScoresDiffer() throws Exception {
    assertThat(files).hasSizeGreaterThanOrEqualTo(LEAST_KINDS);
    // Were all scores alike, the programs below could read the files as they like.
    Map<String, Double> scores = predicted(model, files);
    assertThat(scores.values().stream().map(score -> Math.round(score * 500)).distinct())
        .as(scores.toString())
        .hasSizeGreaterThan(8);
  }

  @Test
  void java() throws Exception {
    Path source = Files.writeString(directory.resolve("Judge.java"), block("java"));
    StringWriter messages = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  List.of("-d", directory.toString(), "-cp", System.getProperty("java.class.path")),
                  null,
                  manager.getJavaFileObjects(source))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
    String home = System.getProperty("java.home");
    List<String> program =
        List.of(
            home + "/bin/java",
            "-Xss4m",
            "-cp",
            directory + ":" + System.getProperty("java.class.path"),
            "Judge");

    assertEqual(predicted(model, files), judged(program, model, files));
    assertEqual(
        predicted(cameraModel, List.of(camera)), judged(program, cameraModel, List.of(camera)));
  }

  @Test
  void python() throws Exception {
    String python = System.getProperty("relook.python", "python3");
    requireModules(python);
    Path source = Files.writeString(directory.resolve("judge.py"), block("python"));
    List<String> program = List.of(python, source.toString());

    assertEqual(predicted(model, files), judged(program, model, files));
    assertEqual(
        predicted(cameraModel, List.of(camera)), judged(program, cameraModel, List.of(camera)));
    assertThat(run(List.of(python, source.toString(), model, camera.toString())))
        .as("12 of 16 bits, of which the card says nothing")
        .contains("say how many bits the camera fills");
    Path wide = Files.write(directory.resolve("wide.png"), wide());
    assertThat(run(List.of(python, source.toString(), model, wide.toString())))
        .contains("the model learned from (64, 64)");
  }

  private static byte[] wide() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(96, 64, BufferedImage.TYPE_INT_RGB), "png", out);
    return out.toByteArray();
  }

  private static void requireModules(String python) throws Exception {
    String answer;
    try {
      answer = run(List.of(python, "-c", "import onnxruntime, numpy, PIL; print('all there')"));
    } catch (IOException e) {
      answer = String.valueOf(e.getMessage());
    }
    boolean there = answer.contains("all there");
    if (System.getProperty("relook.python") != null) {
      // Asked for by name: then it must be there.
      assertThat(there).as(answer).isTrue();
    }
    String why =
        "SKIPPED: %s has no onnxruntime, numpy and pillow; set -Drelook.python=PROGRAM"
            .formatted(python);
    if (!there) {
      System.err.println(why);
    }
    assumeTrue(there, why);
  }

  private static void assertEqual(Map<String, Double> expected, Map<String, Double> actual) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (file, score) -> assertThat(actual.get(file)).as(file).isCloseTo(score, TOLERANCE));
  }

  private static Map<String, Double> predicted(String model, List<Path> pictures)
      throws IOException {
    List<String> args = new ArrayList<>(List.of("predict", model));
    pictures.forEach(picture -> args.add(picture.toString()));
    CommandLine commandLine = Relook.commandLine();
    StringWriter out = new StringWriter();
    commandLine.setOut(new PrintWriter(out));
    assertThat(commandLine.execute(args.toArray(String[]::new))).as(out.toString()).isZero();
    Map<String, Double> scores = new LinkedHashMap<>();
    for (String line : out.toString().lines().toList()) {
      JsonNode json = new ObjectMapper().readTree(line);
      scores.put(json.path("source").asText(), json.path("score").asDouble());
    }
    return scores;
  }

  /** Lines of a file, its score and the decision. */
  private static Map<String, Double> judged(List<String> program, String model, List<Path> pictures)
      throws Exception {
    List<String> command = new ArrayList<>(program);
    command.add(model);
    pictures.forEach(picture -> command.add(picture.toString()));
    String out = run(command);
    Map<String, Double> scores = new LinkedHashMap<>();
    Matcher line = Pattern.compile("(?m)^(\\S+) (\\S+) (?:true|false|True|False)$").matcher(out);
    while (line.find()) {
      scores.put(line.group(1), Double.parseDouble(line.group(2)));
    }
    assertThat(scores).as(out).hasSameSizeAs(pictures);
    return scores;
  }

  private static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return out;
  }

  private static String block(String language) throws IOException {
    Matcher block =
        Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(Files.readString(GUIDE));
    assertThat(block.find()).isTrue();
    return Objects.requireNonNull(block.group(1));
  }
}
