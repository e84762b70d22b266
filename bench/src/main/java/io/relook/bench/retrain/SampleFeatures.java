package io.relook.bench.retrain;

import io.relook.bench.extraction.Extraction;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.features.Features;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import io.relook.learning.picture.UnreadablePictureException;
import io.relook.learning.statistics.PictureStatistics;
import io.relook.local.sample.DefectKind;
import io.relook.local.sample.Sample;
import io.relook.local.sample.SamplePictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;

/**
 * Synthetic pictures of a machined part, each extracted once. Features and statistics are two
 * files, as the product stores them in its bucket. Files that exist are used again.
 */
final class SampleFeatures {
  private static final long SEED = 11;

  private final Path directory;
  private final Backbone backbone;
  private final int area;
  private final int threads;
  private final SamplePictures pictures = new SamplePictures(SEED);
  private final LongAdder extractNanos = new LongAdder();
  private final LongAdder statisticsNanos = new LongAdder();
  private final LongAdder made = new LongAdder();

  SampleFeatures(Path directory, Backbone backbone, int area, int threads) {
    this.directory = directory.resolve(backbone.digest().substring(0, 16) + "-" + area);
    this.backbone = backbone;
    this.area = area;
    this.threads = threads;
  }

  /** A picture by kind and index. */
  record Drawn(Optional<DefectKind> kind, int index) {
    String name() {
      return kind.map(DefectKind::folder).orElse("good") + "-" + index;
    }
  }

  /** Extracts the pictures whose files do not exist yet. */
  void make(List<Drawn> wanted, IntConsumer progress) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    try (Extraction extraction = new Extraction(backbone, area, threads)) {
      extraction.map(
          wanted,
          drawn -> {
            if (!Files.exists(statistics(drawn))) {
              make(drawn, extraction);
            }
            return drawn;
          },
          progress);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private void make(Drawn drawn, Extraction extraction) throws IOException {
    Sample sample =
        drawn
            .kind()
            .map(kind -> pictures.defect(kind, drawn.index()))
            .orElseGet(() -> pictures.normal(drawn.index()));
    try {
      var pixels = new PictureDecoder(PictureLimits.DEFAULT).decode(sample.picture());
      long start = System.nanoTime();
      Features features = extraction.extractor().extract(pixels);
      long extracted = System.nanoTime();
      byte[] statistics = extraction.statisticsExtractor().of(features).toBytes();
      extractNanos.add(extracted - start);
      statisticsNanos.add(System.nanoTime() - extracted);
      made.increment();
      write(features(drawn), features.toBytes());
      // Written last: where this file exists, both do.
      write(statistics(drawn), statistics);
    } catch (UnreadablePictureException e) {
      throw new RelookException(Kind.FAILED, drawn.name() + ": " + e.getMessage(), e);
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.write(part, bytes);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** How long the extraction took, as a sentence. */
  String took() {
    long count = made.sum();
    return count == 0
        ? "All pictures had been extracted before."
        : "Extracted %d pictures: backbone %.1f ms, statistics %.1f ms each."
            .formatted(
                count, extractNanos.sum() / 1e6 / count, statisticsNanos.sum() / 1e6 / count);
  }

  /** Sizes of one picture's files, as a sentence. */
  String sizes(Drawn drawn) throws IOException {
    return "A picture's features have %d bytes, its statistics %d."
        .formatted(Files.size(features(drawn)), Files.size(statistics(drawn)));
  }

  LabelledFeatures labelled(Drawn drawn) {
    return new LabelledFeatures(
        drawn.name(),
        drawn.kind().isPresent(),
        drawn.kind().map(DefectKind::folder),
        drawn.name(),
        () -> Features.fromBytes(Files.readAllBytes(features(drawn))),
        () -> Optional.of(Files.readAllBytes(statistics(drawn))));
  }

  private Path features(Drawn drawn) {
    return directory.resolve(drawn.name() + ".features");
  }

  private Path statistics(Drawn drawn) {
    return directory.resolve(drawn.name() + ".v" + PictureStatistics.VERSION + ".summary");
  }
}
