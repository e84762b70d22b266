package io.relook.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.client.ImageSource;
import io.relook.client.ImageSource.Content;
import io.relook.client.pictures.ImageFolder;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelledFolderTest {

  @Test
  void normalPicturesOfTrainAndAllOfTestAreMeasured() {
    LabelledFolder folder =
        LabelledFolder.of(folder("train/good/1", "Test/OK/2", "test/cut/3", "good/4"));
    assertThat(folder.trainGood()).containsExactly(file("train/good/1"), file("good/4"));
    assertThat(folder.testGood()).containsExactly(file("Test/OK/2"));
    assertThat(folder.testAnomalous()).containsExactly(file("test/cut/3"));
    assertThat(folder.nameOf(file("test/cut/3"))).isEqualTo("test/cut/3");
  }

  @Test
  void whatIsNotMeasuredIsRefused() {
    assertThatThrownBy(() -> LabelledFolder.of(folder("good/1", "cut/2")))
        .hasMessageContaining("it has 1, 0 and 0.");
    assertThatThrownBy(
            () ->
                LabelledFolder.of(
                    folder("train/good/1", "test/good/2", "test/cut/3", "train/cut/4")))
        .hasMessageContaining("has 1 anomalous pictures in train");
  }

  private static Path file(String path) {
    return Path.of("/somewhere", path);
  }

  private static ImageFolder folder(String... paths) {
    List<ImageSource> images =
        Arrays.stream(paths)
            .map(
                path -> {
                  boolean normal = !path.contains("cut");
                  return new ImageSource(
                      "photos/" + path,
                      new Content.LocalFile(file(path)),
                      normal ? Label.NORMAL : Label.ANOMALY,
                      normal ? Optional.empty() : Optional.of("cut"),
                      path.toLowerCase(java.util.Locale.ROOT).startsWith("test")
                          ? Optional.of(DatasetType.TEST)
                          : Optional.empty(),
                      Optional.empty(),
                      List.of(),
                      Optional.empty());
                })
            .toList();
    return new ImageFolder("photos", images, 0, List.of(), List.of(), List.of());
  }
}
