package io.relook.learning.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.learning.Pictures;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.picture.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class OnnxFeatureExtractorTest {

  @Test
  void givesWholeGridsAtTheStridesOfTheDescriptor() {
    try (var extractor = new OnnxFeatureExtractor(Backbone.bundled(), 128 * 128, 1)) {
      Features features = extractor.extract(Pictures.part(96, 128, 1));

      assertThat(features.pictureWidth()).isEqualTo(96);
      assertThat(features.taps())
          .extracting(g -> g.tap() + " " + g.channels() + " " + g.height() + " " + g.width())
          .containsExactly("t0 24 40 24", "t1 40 20 12", "t2 112 10 6", "t3 320 5 3");
    }
  }

  @Test
  void severalThreadsShareOneSessionAndGetTheSameFeatures() throws Exception {
    try (var extractor = new OnnxFeatureExtractor(Backbone.bundled(), 128 * 128, 1)) {
      List<Picture> pictures = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        // Different sizes at once: nothing may be shared between runs.
        pictures.add(Pictures.part(100 + 10 * i, 120, i));
      }
      List<byte[]> alone = pictures.stream().map(p -> extractor.extract(p).toBytes()).toList();

      var threads = Executors.newFixedThreadPool(4);
      List<Callable<byte[]>> tasks = new ArrayList<>();
      for (Picture picture : pictures) {
        tasks.add(() -> extractor.extract(picture).toBytes());
      }
      List<Future<byte[]>> together = threads.invokeAll(tasks);
      threads.shutdown();

      for (int i = 0; i < alone.size(); i++) {
        assertThat(together.get(i).get()).isEqualTo(alone.get(i));
      }
    }
  }
}
