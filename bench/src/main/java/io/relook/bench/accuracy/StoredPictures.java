package io.relook.bench.accuracy;

import io.relook.bench.extraction.Extraction;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.features.Features;
import io.relook.learning.picture.Picture;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import io.relook.learning.picture.UnreadablePictureException;
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
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Features and statistics of a folder's pictures, each extracted once and stored in a file, as the
 * product stores them in its bucket.
 */
final class StoredPictures {
  private final LabelledFolder folder;
  private final Map<Path, Stored> storedOf;
  private final Duration took;

  /** Files of one picture. */
  private record Stored(Path features, Path statistics) {}

  private StoredPictures(LabelledFolder folder, Map<Path, Stored> storedOf, Duration took) {
    this.folder = folder;
    this.storedOf = storedOf;
    this.took = took;
  }

  /**
   * Extracts all pictures of a folder.
   *
   * @param directory where features and statistics are written
   * @param progress called after each picture with the number of those done
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
    try (Extraction extraction = new Extraction(backbone, area, threads)) {
      // The first run of a session is slower.
      extraction.extractor().extract(decode(pictures.get(0)));
      long start = System.nanoTime();
      List<Stored> stored =
          extraction.map(
              IntStream.range(0, pictures.size()).boxed().toList(),
              number -> {
                Features features = extraction.extractor().extract(decode(pictures.get(number)));
                return new Stored(
                    Files.write(directory.resolve(number + ".features"), features.toBytes()),
                    Files.write(
                        directory.resolve(number + ".summary"),
                        extraction.statisticsExtractor().of(features).toBytes()));
              },
              progress);
      Map<Path, Stored> storedOf = new LinkedHashMap<>();
      for (int i = 0; i < stored.size(); i++) {
        storedOf.put(pictures.get(i), stored.get(i));
      }
      return new StoredPictures(folder, storedOf, Duration.ofNanos(System.nanoTime() - start));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RelookException known) {
        throw known;
      }
      throw new IOException(e.getCause());
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
              Stored stored = Objects.requireNonNull(storedOf.get(picture));
              return new LabelledFeatures(
                  name,
                  anomalous,
                  Optional.empty(),
                  name,
                  () -> Features.fromBytes(Files.readAllBytes(stored.features())),
                  () -> Optional.of(Files.readAllBytes(stored.statistics())));
            })
        .toList();
  }
}
