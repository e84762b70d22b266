package io.relook.job.extraction;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.FeatureKeys;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportedLine;
import io.relook.job.domain.Mask;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.domain.StoredPicture;
import io.relook.job.extraction.StoredObjects.NotNowException;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.quarantine.PoisonMessages;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.learning.features.FeatureExtractor;
import io.relook.learning.features.Features;
import io.relook.learning.picture.DecodedPicture;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.UnreadablePictureException;
import io.relook.schemas.Sha256;
import io.relook.wire.CutMarker;
import io.relook.wire.ImageRetry;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.LabeledImage;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a checked message into a change of the data set. It fetches the picture, decodes it, keeps
 * it when it came inline, and stores its features and its picture statistics. The change only
 * refers to these objects. Withdrawals, cuts and new labels for known pictures need no work, but
 * keep their place in the order.
 *
 * <p>Objects are named by project and digest, so writing one twice is harmless, and a picture that
 * the project had before is not extracted again.
 */
final class PictureExtraction implements OrderedStep<CheckedImage, ImageChange> {
  static final String STAGE = "extract-features";
  private static final Logger LOG = LoggerFactory.getLogger(PictureExtraction.class);

  private final ExtractionSettings settings;
  private final StoredObjects objects;
  private final PictureDecoder decoder;
  private final FeatureExtractor extractor;
  private final StoredStatistics statistics;
  private final MaskDecoding masks;
  private final FeatureKeys featureKeys;
  private final ExtractionMetrics metrics;

  /**
   * @param featureKeys keys of the features that the extractor makes
   */
  PictureExtraction(
      ExtractionSettings settings,
      StoredObjects objects,
      PictureDecoder decoder,
      FeatureExtractor extractor,
      StoredStatistics statistics,
      FeatureKeys featureKeys,
      ExtractionMetrics metrics) {
    this.settings = settings;
    this.objects = objects;
    this.decoder = decoder;
    this.extractor = extractor;
    this.statistics = statistics;
    this.masks = new MaskDecoding(settings, objects, decoder);
    this.featureKeys = featureKeys;
    this.metrics = metrics;
  }

  @Override
  public Optional<Emission<ImageChange>> atOnce(CheckedImage message) {
    CutMarker cut = message.cut();
    ImageWithdrawal withdrawal = message.withdrawal();
    LabeledImage image = message.image();
    if (cut != null) {
      return Optional.of(main(ImageChanges.of(message.origin(), cut)));
    }
    if (withdrawal != null) {
      return Optional.of(main(ImageChanges.of(message.origin(), withdrawal)));
    }
    ImageRetry retry = message.retry();
    if (retry != null && image == null) {
      return Optional.of(main(ImageChanges.givenUp(message.origin(), retry)));
    }
    if (image != null && !hasPicture(image) && !hasMask(image)) {
      Annotation annotation = ImageChanges.annotation(image, Optional.empty());
      return Optional.of(main(ImageChanges.of(message.origin(), image, annotation, null, null)));
    }
    return Optional.empty();
  }

  @Override
  public Emission<ImageChange> work(CheckedImage message) throws IOException {
    LabeledImage image = message.image();
    if (image == null) {
      throw new IllegalStateException("Only images are worked on");
    }
    try {
      ReadPicture decoded = hasPicture(image) ? decode(image) : null;
      StoredPicture picture = decoded == null ? null : decoded.picture();
      Optional<MaskDecoding.Decoded> mask =
          hasMask(image)
              ? Optional.of(masks.decode(image, Optional.ofNullable(picture)))
              : Optional.empty();
      // Nothing is stored before everything is checked: no image would refer to it, so it would
      // never be erased.
      if (decoded != null) {
        store(decoded);
      }
      Optional<Mask> kept = mask.flatMap(MaskDecoding.Decoded::kept);
      if (kept.isPresent() && !exists(own(kept.get().key()))) {
        put(own(kept.get().key()), mask.get().encoded(), "image/png");
      }
      Annotation annotation = ImageChanges.annotation(image, mask);
      // The data set may still reject a label for an unknown image, or one defect class too many.
      // The rejection then needs the bytes.
      KafkaRecord origin =
          picture == null || annotation.defectClass() != null
              ? message.origin()
              : message.origin().withoutValue();
      return main(
          ImageChanges.of(
              origin,
              image,
              annotation,
              ImageChanges.taken(picture, message.retry()),
              kept.orElse(null)));
    } catch (NotNowException e) {
      metrics.unavailable.increment();
      LOG.info("{} of {} waits: {}", image.getSourceRef(), project(image), e.getMessage());
      return main(ImageChanges.waits(message, image, e.getMessage()));
    } catch (MaskDecoding.UnusableMaskException e) {
      metrics.rejected.increment();
      return rejected(message, RejectionCode.INVALID_MASK, e.getMessage());
    } catch (UnreadablePictureException e) {
      metrics.rejected.increment();
      return rejected(message, code(e.reason()), String.valueOf(e.getMessage()));
    } catch (ObjectUnavailableException e) {
      metrics.rejected.increment();
      return e.reason() == ObjectUnavailableException.Reason.TOO_LARGE
          ? rejected(
              message,
              RejectionCode.PICTURE_TOO_LARGE,
              "The picture at imageLocation has more than "
                  + settings.limits().maxBytes()
                  + " bytes: compress or shrink it and send the image again.")
          : rejected(
              message,
              RejectionCode.PICTURE_NOT_FOUND,
              "The picture at imageLocation cannot be read: "
                  + e.getMessage()
                  + " Put it there, or allow relook to read it, and send the image again."
                  + hint(image.getImageLocation()));
    }
  }

  private static String hint(@Nullable S3Object location) {
    return location != null && location.getKey().contains("%")
        ? " Its key has a %: keys are taken as they are written, so write a space for %20."
        : "";
  }

  /**
   * A picture that can be trained with.
   *
   * @param picture where it and its features are kept
   * @param inline whether its bytes came in the message, so that relook keeps them
   */
  @SuppressWarnings("ArrayRecordComponent") // carries bytes from one step to the next
  private record ReadPicture(
      StoredPicture picture,
      byte[] encoded,
      io.relook.learning.picture.Picture pixels,
      boolean inline) {}

  private ReadPicture decode(LabeledImage image)
      throws IOException, UnreadablePictureException, ObjectUnavailableException, NotNowException {
    byte[] encoded = bytes(image);
    String digest = Sha256.hex(encoded);
    DecodedPicture decoded =
        metrics.decode(
            () ->
                PoisonMessages.pure(
                    "decoding the picture", () -> decoder.decodeWithDamage(encoded)));
    io.relook.learning.picture.Picture pixels = decoded.picture();
    if (!decoded.damage().isEmpty()) {
      metrics.damaged.increment();
      LOG.warn(
          "The picture {} of {} is damaged and was taken: {}",
          image.getSourceRef(),
          project(image),
          decoded.damage());
    }
    S3Object location = image.getImageLocation();
    S3Object kept = location == null ? own(BucketLayout.picture(project(image), digest)) : location;
    return new ReadPicture(
        new StoredPicture(
            digest,
            kept.getBucket(),
            kept.getKey(),
            pixels.width(),
            pixels.height(),
            featureKeys.key(project(image), digest)),
        encoded,
        pixels,
        location == null);
  }

  /**
   * Stores the picture that came in the message, the picture statistics and the features, unless
   * they exist. The features come last: if they exist, everything exists.
   */
  private void store(ReadPicture decoded) throws IOException, NotNowException {
    S3Object kept = own(decoded.picture().key());
    // An existing picture may be under a model's encryption key by now, so it is not overwritten.
    if (decoded.inline() && !exists(kept)) {
      put(kept, decoded.encoded(), "application/octet-stream");
    }
    S3Object features = own(decoded.picture().featuresKey());
    if (exists(features)) {
      metrics.reused.increment();
    } else {
      Features extracted = metrics.backbone(() -> extractor.extract(decoded.pixels()));
      put(
          own(decoded.picture().statisticsKey()),
          metrics.statistics(() -> statistics.of(extracted)),
          "application/octet-stream");
      put(features, extracted.toBytes(), "application/octet-stream");
      metrics.extracted.increment();
    }
  }

  static boolean hasPicture(LabeledImage image) {
    return image.getImageBytes() != null || image.getImageLocation() != null;
  }

  private static boolean hasMask(LabeledImage image) {
    return image.getMaskBytes() != null || image.getMaskLocation() != null;
  }

  private byte[] bytes(LabeledImage image)
      throws ObjectUnavailableException, NotNowException, IOException {
    ByteBuffer inline = image.getImageBytes();
    if (inline == null) {
      long start = System.nanoTime();
      try {
        return objects.read(image.getImageLocation(), settings.limits().maxBytes());
      } finally {
        metrics.fetchedSince(start);
      }
    }
    return MaskDecoding.copy(inline);
  }

  private static String project(LabeledImage image) {
    return ProjectKey.of(image.getAccount(), image.getProject());
  }

  private S3Object own(String key) {
    return settings.bucket().object(key);
  }

  private boolean exists(S3Object object) throws IOException, NotNowException {
    long start = System.nanoTime();
    try {
      return objects.exists(object);
    } finally {
      metrics.storedSince(start);
    }
  }

  private void put(S3Object object, byte[] bytes, String contentType)
      throws IOException, NotNowException {
    long start = System.nanoTime();
    try {
      objects.put(object, bytes, contentType);
    } finally {
      metrics.storedSince(start);
    }
  }

  private static Emission<ImageChange> main(ImageChange change) {
    return outputs -> outputs.main(change);
  }

  private Emission<ImageChange> rejected(
      CheckedImage message, RejectionCode code, String sentence) {
    LabeledImage image = message.image();
    ImageRetry retry = message.retry();
    if (retry != null && image != null) {
      return main(ImageChanges.givenUp(message.origin(), retry, image, code, sentence));
    }
    RejectionReason reason =
        new RejectionReason(
            STAGE,
            code,
            sentence,
            image == null ? null : image.getAccount(),
            image == null ? null : image.getProject(),
            image == null ? null : image.getSourceRef());
    return outputs -> {
      outputs.side(settings.rejected(), new RejectedMessage(message.origin(), reason));
      if (image != null && image.getImportId() != null) {
        // The data set counts the lines of an import, also those that do not reach it otherwise.
        ImportedLine line = new ImportedLine(image.getImportId(), sentence);
        Annotation none =
            new Annotation(image.getLabel(), null, image.getDataset(), "", true, null, null, line);
        outputs.main(ImageChanges.of(message.origin().withoutValue(), image, none, null, null));
      }
    };
  }

  private static RejectionCode code(UnreadablePictureException.Reason reason) {
    return switch (reason) {
      case NOT_A_PICTURE, UNSUPPORTED_FORMAT -> RejectionCode.UNSUPPORTED_FORMAT;
      case PICTURE_TOO_LARGE, PICTURE_FILE_TOO_LARGE -> RejectionCode.PICTURE_TOO_LARGE;
      case PICTURE_TOO_SMALL -> RejectionCode.PICTURE_TOO_SMALL;
      case UNKNOWN_BIT_DEPTH -> RejectionCode.UNKNOWN_BIT_DEPTH;
      case UNSUPPORTED_COLOR -> RejectionCode.UNSUPPORTED_COLOR;
      default -> RejectionCode.UNREADABLE_PICTURE;
    };
  }

  @Override
  public void close() {
    extractor.close();
    statistics.close();
    objects.close();
  }
}
