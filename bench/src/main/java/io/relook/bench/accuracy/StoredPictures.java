package io.relook.bench.accuracy;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.features.Features;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.picture.Picture;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import io.relook.learning.picture.UnreadablePictureException;
import io.relook.learning.training.LabelledFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * Features of a folder's pictures, each extracted once and kept in a file, as the product keeps
 * them in its bucket.
 */
final class StoredPictures {
  private final LabelledFolder folder;
  private final Map<Path, Path> featuresOf;
  private final Duration took;

  private StoredPictures(LabelledFolder folder, Map<Path, Path> featuresOf, Duration took) {
    this.folder = folder;
    this.featuresOf = featuresOf;
    this.took = took;
  }

  /**
   * Extracts all pictures of a folder.
   *
   * @param directory where features are written
   * @param progress told after each picture how many are done
   */
  static StoredPictures extract(
      LabelledFolder folder,
      Backbone backbone,
      int area,
      int threads,
      Path directory,
      IntConsumer progress)
      throws IOException, InterruptedException {
    List<Path> pictures = new ArrayList<>(folder.trainGood());
    pictures.addAll(folder.testGood());
    pictures.addAll(folder.testAnomalous());
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try (OnnxFeatureExtractor extractor = new OnnxFeatureExtractor(backbone, area, 1)) {
      extractor.extract(decode(pictures.get(0))); // the first run of a session is slower
      long start = System.nanoTime();
      Map<Path, Future<Path>> running = new LinkedHashMap<>();
      for (Path picture : pictures) {
        Path file = directory.resolve(running.size() + ".features");
        running.put(
            picture,
            workers.submit(() -> Files.write(file, extractor.extract(decode(picture)).toBytes())));
      }
      Map<Path, Path> featuresOf = new LinkedHashMap<>();
      for (Map.Entry<Path, Future<Path>> entry : running.entrySet()) {
        featuresOf.put(entry.getKey(), entry.getValue().get());
        progress.accept(featuresOf.size());
      }
      return new StoredPictures(folder, featuresOf, Duration.ofNanos(System.nanoTime() - start));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RelookException known) {
        throw known;
      }
      throw new IOException(e.getCause());
    } finally {
      workers.shutdownNow();
    }
  }

  static Picture decode(Path file) throws IOException {
    try {
      return new PictureDecoder(PictureLimits.DEFAULT).decode(Files.readAllBytes(file));
    } catch (UnreadablePictureException e) {
      throw new RelookException(Kind.USAGE, file + ": " + e.getMessage(), e);
    }
  }

  LabelledFolder folder() {
    return folder;
  }

  Duration took() {
    return took;
  }

  List<LabelledFeatures> good(List<Path> pictures) {
    return labelled(pictures, false);
  }

  List<LabelledFeatures> anomalous(List<Path> pictures) {
    return labelled(pictures, true);
  }

  private List<LabelledFeatures> labelled(List<Path> pictures, boolean anomalous) {
    return pictures.stream()
        .map(
            picture -> {
              String name = folder.nameOf(picture);
              Path features = Objects.requireNonNull(featuresOf.get(picture));
              return new LabelledFeatures(
                  name,
                  anomalous,
                  Optional.empty(),
                  name,
                  () -> Features.fromBytes(Files.readAllBytes(features)));
            })
        .toList();
  }
}
