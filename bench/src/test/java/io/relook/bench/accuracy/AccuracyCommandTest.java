package io.relook.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.bench.Bench;
import io.relook.client.cli.RelookCommand;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AccuracyCommandTest {
  private final SplittableRandom random = new SplittableRandom(1);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path directory = Path.of("");

  @Test
  void oneFolderFailsAndTheNextIsMeasured() throws Exception {
    Path mixed = folder("mixed", "png");
    picture(mixed.resolve("train/good/other.png"), 96, false);
    Path bmp = folder("bmp", "bmp");
    Path json = directory.resolve("results.json");

    int exitCode =
        run(
            "--labelled-anomalies",
            "0,2",
            "--json",
            json.toString(),
            mixed.toString(),
            bmp.toString());

    assertThat(exitCode).isNotZero();
    assertThat(err.toString())
        .contains("mixed is not measured: Images in the dataset must have the same dimensions.")
        .contains("1 of 2 folders could not be measured");
    JsonNode results = JsonMapper.builder().build().readTree(json.toFile());
    assertThat(results.findValuesAsText("folder")).containsExactly("bmp", "bmp", "mean", "mean");
    assertThat(results.findValuesAsText("labelledAnomalies")).containsExactly("0", "2", "0", "2");
    assertThat(out.toString().lines().filter(line -> line.startsWith("bmp"))).hasSize(2);
    assertThat(results.get(0).get("imageAuroc").asDouble()).isBetween(0.0, 1.0);
    assertThat(results.get(0).has("f1At1To20")).isTrue();
  }

  @Test
  void aNegativeNumberOfLabelledAnomaliesIsRefused() throws Exception {
    int exitCode = run("--labelled-anomalies", "0,-1", folder("png", "png").toString());

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("--labelled-anomalies at least 0");
  }

  private int run(String... arguments) {
    CommandLine command = RelookCommand.commandLine(new Bench());
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    List<String> all = new ArrayList<>(List.of("bench", "accuracy"));
    all.addAll(List.of("--area", "4096", "--threads", "1"));
    all.addAll(List.of(arguments));
    return command.execute(all.toArray(String[]::new));
  }

  private Path folder(String name, String format) throws IOException {
    Path folder = directory.resolve(name);
    for (int i = 0; i < 4; i++) {
      picture(folder.resolve("train/good/" + i + "." + format), 64, false);
      picture(folder.resolve("test/good/" + i + "." + format), 64, false);
      picture(folder.resolve("test/scratch/" + i + "." + format), 64, true);
    }
    return folder;
  }

  /** Noise, and a black bar as a defect. */
  private void picture(Path file, int side, boolean defect) throws IOException {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int grey = defect && y / 8 == 3 ? 0 : 128 + random.nextInt(32);
        image.setRGB(x, y, grey * 0x010101);
      }
    }
    String name = file.getFileName().toString();
    Files.createDirectories(file.getParent());
    ImageIO.write(image, name.substring(name.indexOf('.') + 1), file.toFile());
  }
}
