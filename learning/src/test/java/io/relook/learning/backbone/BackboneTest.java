package io.relook.learning.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.platform.Fp16Conversions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relook.learning.SmallBackbone;
import io.relook.learning.features.FeatureGrid;
import io.relook.learning.features.Features;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.picture.Picture;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackboneTest {

  /**
   * Half precision keeps about three digits; wrong preprocessing is off by hundreds of times as
   * much.
   */
  private static final double HALF_PRECISION = 2e-3;

  @Test
  void seesInANaturalPictureWhatPyTorchSees() throws Exception {
    JsonNode reference =
        new ObjectMapper()
            .readTree(Backbone.class.getResourceAsStream("efficientnet-lite0.provenance.json"))
            .at("/coffee/reference/pooled");

    Features features = extract(Backbone.bundled(), coffee());

    for (String tap : new String[] {"t0", "t1", "t2", "t3"}) {
      double[] pooled = pooled(features.tap(tap));
      assertThat(reference.get(tap)).hasSize(pooled.length);
      for (int c = 0; c < pooled.length; c++) {
        assertThat(pooled[c])
            .as("%s channel %d", tap, c)
            .isCloseTo(reference.get(tap).get(c).asDouble(), within(HALF_PRECISION));
      }
    }
  }

  @Test
  void theReferenceDetectsImageNetPreprocessing(@TempDir Path folder) throws Exception {
    Path descriptor =
        write(
            folder,
            resource("efficientnet-lite0.json")
                .replaceAll("127\\.0", "116.28")
                .replaceAll("128\\.0", "57.38"));

    Features right = extract(Backbone.bundled(), coffee());
    Features wrong = extract(Backbone.load(descriptor), coffee());

    double[] expected = pooled(right.tap("t3"));
    double[] actual = pooled(wrong.tap("t3"));
    double largest = 0;
    for (int c = 0; c < expected.length; c++) {
      largest = Math.max(largest, Math.abs(expected[c] - actual[c]));
    }
    assertThat(largest).isGreaterThan(100 * HALF_PRECISION);
  }

  @Test
  void itsDigestCoversTheDescriptor(@TempDir Path folder) throws Exception {
    String json = resource("efficientnet-lite0.json");

    Backbone same = Backbone.load(write(folder, json));
    assertThat(same.digest()).isEqualTo(Backbone.bundled().digest()).matches("[0-9a-f]{64}");
    Backbone other = Backbone.load(write(folder, json.replaceFirst("127\\.0", "126.0")));
    assertThat(other.digest()).isNotEqualTo(same.digest());
  }

  @Test
  void rejectsADescriptorThatDoesNotFitItsFile(@TempDir Path folder) throws Exception {
    String json = resource("efficientnet-lite0.json");

    Path foreignTap = write(folder, json.replace("\"t3\"", "\"t9\""));
    assertThatThrownBy(() -> Backbone.load(foreignTap))
        .hasMessage(
            "Backbone efficientnet-lite0 has no output t9, which its descriptor names as a tap; its"
                + " outputs are t0, t1, t2, t3.");
    Path noMean = write(folder, json.replaceFirst("127\\.0,", ""));
    assertThatThrownBy(() -> Backbone.load(noMean))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mean and scale need three numbers each");
    Path noJson = write(folder, "taps: all");
    assertThatThrownBy(() -> Backbone.load(noJson))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a backbone descriptor");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"channels\": 12|\"channels\": 13|output fine is [1, 12, 8, 12]",
        "\"stride\": 8|\"stride\": 4|must be [1, 12, 16, 24] for 12 channels at stride 4; correct",
        "\"pixels\"|\"image\"|has the inputs pixels; it must have one, named image as",
        "\"small.onnx\"|\"../small.onnx\"|must be the name of an ONNX file that lies beside",
        "\"licence\": \"Apache-2.0\",||lacks licence; add it",
        "\"sha256\": \"|\"sha256\": \"xyz|must be 64 hexadecimal digits",
        "\"fine\"|\"coarse\"|names the tap coarse twice",
        "\"stride\": 8|\"stride\": 64|strides 1 to 32",
        "\"channels\": 12|\"channels\": 1020|1 to 1024 of all taps together",
        "\"stride\": 8|\"stride\": 32|is finer than the one before it",
        "[64, 64, 64]|[64, 0, 64]|scale above 0",
        "\"name\": \"small\"|\"name\": \"a b\"|1 to 64 letters",
        "\"taps\"|\"tips\"|is not a backbone descriptor",
        "[64, 64, 64]|[1e-9, 1e-9, 1e-9]|values that are not finite in half precision",
      })
  void rejectsAFileThatContradictsItsDescriptor(
      String right, @Nullable String wrong, String sentence, @TempDir Path folder)
      throws Exception {
    Path descriptor = SmallBackbone.write(folder);
    Backbone.load(descriptor);
    String json = Files.readString(descriptor);
    assertThat(json).contains(right);
    Files.writeString(descriptor, json.replace(right, wrong == null ? "" : wrong));

    assertThatThrownBy(() -> Backbone.load(descriptor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void rejectsAFileThatIsNotTheOneItsDescriptorNames(@TempDir Path folder) throws Exception {
    Path descriptor = SmallBackbone.write(folder);
    Files.write(folder.resolve("small.onnx"), SmallBackbone.onnx(2));

    assertThatThrownBy(() -> Backbone.load(descriptor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has the SHA-256 digest")
        .hasMessageContaining("copy the file again");
  }

  @Test
  void rejectsAFileThatIsNotANetwork(@TempDir Path folder) throws Exception {
    byte[] garbage = "not a network".getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("small.onnx"), garbage);
    Path descriptor =
        Files.writeString(folder.resolve("small.json"), SmallBackbone.descriptor(garbage));

    assertThatThrownBy(() -> Backbone.load(descriptor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("small");
  }

  @Test
  void readsNoMoreOfADescriptorThanADescriptorHas(@TempDir Path folder) throws Exception {
    Path descriptor = SmallBackbone.write(folder);
    Files.writeString(descriptor, Files.readString(descriptor) + " ".repeat(70_000));

    assertThatThrownBy(() -> Backbone.load(descriptor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has more than 65536 bytes");
  }

  private static Path write(Path folder, String json) throws IOException {
    Path onnx = folder.resolve("efficientnet-lite0.onnx");
    if (!Files.exists(onnx)) {
      try (InputStream in = Backbone.class.getResourceAsStream("efficientnet-lite0.onnx")) {
        Files.copy(Objects.requireNonNull(in), onnx);
      }
    }
    return Files.writeString(folder.resolve("descriptor.json"), json);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(Backbone.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Picture coffee() throws Exception {
    try (InputStream in =
        BackboneTest.class.getResourceAsStream("/io/relook/learning/coffee.png")) {
      return new PictureDecoder(PictureLimits.DEFAULT)
          .decode(Objects.requireNonNull(in).readAllBytes());
    }
  }

  private static Features extract(Backbone backbone, Picture picture) {
    try (var extractor = new OnnxFeatureExtractor(backbone, 256 * 256, 1)) {
      return extractor.extract(picture);
    }
  }

  private static double[] pooled(FeatureGrid grid) {
    int cells = grid.height() * grid.width();
    double[] means = new double[grid.channels()];
    for (int i = 0; i < grid.halves().length; i++) {
      means[i / cells] += Fp16Conversions.fp16ToFloat(grid.halves()[i]) / cells;
    }
    return means;
  }
}
