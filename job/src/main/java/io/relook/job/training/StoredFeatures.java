package io.relook.job.training;

import io.relook.job.domain.FeatureKeys;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingResult.Failure;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.learning.features.FeatureExtractor;
import io.relook.learning.features.Features;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.UnreadablePictureException;
import io.relook.schemas.Sha256;
import io.relook.wire.ModelMetadata;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Features of the pictures of one training. Their keys are made of project, backbone, area and
 * picture, so features of another backbone are never used by mistake. When features are missing,
 * because backbone or area were changed or somebody deleted them, they are extracted again. The
 * pictures are relook's own copies, or the objects that the images named, checked by their digests.
 *
 * <p>Must be closed only after the last thread that loads has ended.
 */
final class StoredFeatures implements AutoCloseable {

  /** Largest features: four taps of a picture of 4096² pixels are smaller. */
  private static final long MAX_FEATURES_BYTES = 256L * 1024 * 1024;

  /**
   * Pictures that are looked for first. After a change of backbone no picture has features,
   * otherwise almost every one has. Features that this sample misses are extracted when they are
   * loaded.
   */
  private static final int PROBES = 16;

  private final ObjectStore store;
  private final TrainingJobSettings settings;
  private final FeatureKeys keys;
  private final ModelMetadata model;
  private final PictureDecoder decoder;
  private final Supplier<FeatureExtractor> extractors;
  private final AtomicInteger extracted = new AtomicInteger();
  private @Nullable FeatureExtractor extractor;

  /**
   * @param model model whose project has the pictures, and whose encryption key protects extracted
   *     features
   * @param extractors opens an extractor, when the first picture needs one
   */
  StoredFeatures(
      ObjectStore store,
      TrainingJobSettings settings,
      FeatureKeys keys,
      ModelMetadata model,
      Supplier<FeatureExtractor> extractors) {
    this.store = store;
    this.settings = settings;
    this.keys = keys;
    this.model = model;
    this.decoder = new PictureDecoder(settings.limits());
    this.extractors = extractors;
  }

  /** The same images, with the keys of the features that this training learns from. */
  List<TrainingImage> named(List<TrainingImage> lines) {
    return lines.stream().map(line -> line.withFeatures(key(line.picture().digest()))).toList();
  }

  /** Key of the features of a picture, for the backbone and area of this training. */
  String key(String digest) {
    return keys.key(ProjectKey.of(model.getAccount(), model.getProjectName()), digest);
  }

  /**
   * Extracts the features that the store lacks, of several pictures at the same time.
   *
   * @throws CannotTrainException when a picture cannot be read any more
   */
  void complete(List<TrainingImage> lines, TrainingProgress progress)
      throws IOException, InterruptedException {
    if (!anyMissing(lines)) {
      return;
    }
    AtomicInteger done = new AtomicInteger();
    progress.extracting(0, lines.size());
    ExecutorService threads =
        Executors.newFixedThreadPool(
            settings.concurrency().cpuThreads(),
            task -> {
              Thread thread = new Thread(task, "relook-extract");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (TrainingImage line : lines) {
        futures.add(
            threads.submit(
                () -> {
                  if (!exists(line)) {
                    extract(line);
                  }
                  progress.extracting(done.incrementAndGet(), lines.size());
                  return null;
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof RuntimeException broken) {
        throw broken;
      }
      throw new IOException("The pictures cannot be read again", e.getCause());
    } finally {
      end(threads);
    }
  }

  /**
   * Waits even when interrupted: closing resources that native code still uses would end the
   * process.
   */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean anyMissing(List<TrainingImage> lines) throws IOException {
    int probes = Math.min(PROBES, lines.size());
    for (int i = 0; i < probes; i++) {
      if (!exists(lines.get((int) ((long) i * lines.size() / probes)))) {
        return true;
      }
    }
    return false;
  }

  /** Features of one picture; safe for use by several threads. */
  Features load(TrainingImage line) throws IOException {
    Optional<byte[]> stored = stored(line);
    if (stored.isEmpty()) {
      return extract(line);
    }
    try {
      return Features.fromBytes(stored.get());
    } catch (IllegalArgumentException e) {
      throw unreadable(line, e);
    }
  }

  private static CannotTrainException unreadable(TrainingImage line, Exception e) {
    return new CannotTrainException(
        new Failure(
            "FEATURES_UNREADABLE",
            "The stored features of "
                + line.sourceRef()
                + " cannot be read: delete the object "
                + line.picture().featuresKey()
                + " from relook's bucket and create the model again."),
        e);
  }

  /** Number of pictures whose features were extracted. */
  int extracted() {
    return extracted.get();
  }

  private boolean exists(TrainingImage line) throws IOException {
    try {
      return store.exists(own(line));
    } catch (ObjectUnavailableException e) {
      throw ownBucket(e);
    }
  }

  private Optional<byte[]> stored(TrainingImage line) throws IOException {
    try {
      return Optional.of(store.get(own(line), MAX_FEATURES_BYTES));
    } catch (ObjectUnavailableException e) {
      if (e.reason() == Reason.NO_SUCH_KEY) {
        return Optional.empty();
      }
      if (e.reason() == Reason.TOO_LARGE) {
        throw unreadable(line, e);
      }
      throw ownBucket(e);
    }
  }

  private Features extract(TrainingImage line) throws IOException {
    Features features;
    try {
      features = extractor().extract(decoder.decode(picture(line)));
    } catch (UnreadablePictureException e) {
      // It was decoded when it arrived, so the limits have become narrower.
      throw new CannotTrainException(
          new Failure(
              "PICTURE_REFUSED",
              "The features of "
                  + line.sourceRef()
                  + " must be extracted again, and its picture cannot be used: "
                  + e.getMessage()),
          e);
    }
    Optional<String> key =
        Optional.ofNullable(model.getKmsKeyId())
            .or(() -> Optional.ofNullable(settings.bucket().kmsKeyId()));
    try {
      store.put(own(line), features.toBytes(), "application/octet-stream", key);
    } catch (ObjectUnavailableException e) {
      Optional<Failure> ofTheKey = EncryptionKeys.failure(model, e);
      if (ofTheKey.isPresent()) {
        throw new CannotTrainException(ofTheKey.get(), e);
      }
      throw new IOException("relook's own bucket cannot be written", e);
    }
    extracted.incrementAndGet();
    return features;
  }

  private byte[] picture(TrainingImage line) throws IOException {
    StoredPicture picture = line.picture();
    byte[] bytes;
    try {
      bytes =
          store.get(
              new S3Object(picture.bucket(), picture.key(), null), settings.limits().maxBytes());
    } catch (ObjectUnavailableException e) {
      if (picture.bucket().equals(settings.bucket().name())
          && e.reason() == Reason.NO_SUCH_BUCKET) {
        throw ownBucket(e);
      }
      throw gone(line, "cannot be read any more: " + e.getMessage());
    }
    if (!Sha256.hex(bytes).equals(picture.digest())) {
      throw gone(line, "was changed after it was sent.");
    }
    return bytes;
  }

  private static CannotTrainException gone(TrainingImage line, String what) {
    return new CannotTrainException(
        new Failure(
            "PICTURE_GONE",
            "The features of "
                + line.sourceRef()
                + " must be extracted again, and its picture "
                + what
                + " Send the image again or withdraw it, then create the model again."));
  }

  private S3Object own(TrainingImage line) {
    return settings.bucket().object(line.picture().featuresKey());
  }

  private static IOException ownBucket(ObjectUnavailableException e) {
    Optional<Failure> ofTheKey = EncryptionKeys.readFailure(e);
    return ofTheKey.isPresent()
        ? new CannotTrainException(ofTheKey.get(), e)
        : new IOException("relook's own bucket cannot be read", e);
  }

  private synchronized FeatureExtractor extractor() {
    FeatureExtractor opened = extractor;
    if (opened == null) {
      opened = extractors.get();
      extractor = opened;
    }
    return opened;
  }

  @Override
  public synchronized void close() {
    if (extractor != null) {
      extractor.close();
      extractor = null;
    }
  }
}
