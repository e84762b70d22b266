package io.relook.job.extraction;

import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.Mask;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.StoredPicture;
import io.relook.job.extraction.StoredObjects.NotNowException;
import io.relook.job.quarantine.PoisonMessages;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.learning.picture.Picture;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureFormat;
import io.relook.learning.picture.UnreadablePictureException;
import io.relook.schemas.Sha256;
import io.relook.schemas.manifest.GroundTruthLine;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Reads the mask of an image and compares it with the image's label: a normal image has a blank
 * mask or none, an anomalous one shows a defect class. The mask decides the label of an image that
 * only a segmentation job annotated.
 */
final class MaskDecoding {
  private final ExtractionSettings settings;
  private final StoredObjects objects;
  private final PictureDecoder decoder;

  MaskDecoding(ExtractionSettings settings, StoredObjects objects, PictureDecoder decoder) {
    this.settings = settings;
    this.objects = objects;
    this.decoder = decoder;
  }

  /**
   * A mask that can be used, and what the image is with it.
   *
   * @param kept nothing when the mask is blank: the image is then as one without a mask
   */
  @SuppressWarnings("ArrayRecordComponent") // carries bytes from one step to the next
  record Decoded(Optional<Mask> kept, byte[] encoded, Label label, Optional<String> defectClass) {}

  /** A mask that cannot be used: its image is rejected. */
  static final class UnusableMaskException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableMaskException(String sentence) {
      super(sentence);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /**
   * Fetches and reads the mask of an image that has one.
   *
   * @param picture of the image, if the message has it
   */
  Decoded decode(LabeledImage image, Optional<StoredPicture> picture)
      throws UnusableMaskException, NotNowException, IOException {
    byte[] encoded = bytes(image);
    Picture pixels = pixels(encoded);
    MaskReader.Result result =
        PoisonMessages.pure("reading the mask", () -> MaskReader.read(pixels, image.getColorMap()));
    if (result instanceof MaskReader.Result.Rejected rejected) {
      throw new UnusableMaskException(rejected.sentence());
    }
    List<String> classes =
        result instanceof MaskReader.Result.Shows shows ? shows.classes() : List.of();
    String project = ProjectKey.of(image.getAccount(), image.getProject());
    String digest = Sha256.hex(encoded);
    S3Object kept = settings.bucket().object(BucketLayout.mask(project, digest));
    Mask mask =
        new Mask(digest, kept.getBucket(), kept.getKey(), pixels.width(), pixels.height(), classes);
    if (picture.isPresent() && !mask.fits(picture.get())) {
      throw new UnusableMaskException(mask.misfit(picture.get()));
    }
    Optional<Mask> used = classes.isEmpty() ? Optional.empty() : Optional.of(mask);
    if (GroundTruthLine.isLabelledByMask(image)) {
      return new Decoded(
          used,
          encoded,
          classes.isEmpty() ? Label.NORMAL : Label.ANOMALY,
          classes.size() == 1 ? Optional.of(classes.get(0)) : Optional.empty());
    }
    requireAgreement(image.getLabel(), classes);
    return new Decoded(
        used, encoded, image.getLabel(), Optional.ofNullable(image.getDefectClass()));
  }

  private static void requireAgreement(Label label, List<String> classes)
      throws UnusableMaskException {
    if (label == Label.ANOMALY && classes.isEmpty()) {
      throw new UnusableMaskException(
          "The image is labelled anomaly and its mask is blank: draw the defect with a colour of"
              + " the colour map, leave the mask out, or label the image normal.");
    }
    if (label == Label.NORMAL && !classes.isEmpty()) {
      throw new UnusableMaskException(
          "The image is labelled normal and its mask shows "
              + String.join(", ", classes)
              + ": label it anomaly, or leave the mask out.");
    }
  }

  private Picture pixels(byte[] encoded) throws UnusableMaskException {
    try {
      if (PictureDecoder.readHeader(encoded).format() != PictureFormat.PNG) {
        throw new UnusableMaskException(
            "The mask is a JPEG file, whatever its name says, and JPEG changes colours: save it"
                + " as PNG.");
      }
      return PoisonMessages.pure("decoding the mask", () -> decoder.decode(encoded));
    } catch (UnreadablePictureException e) {
      throw new UnusableMaskException("The mask cannot be read: " + e.getMessage());
    }
  }

  private byte[] bytes(LabeledImage image)
      throws UnusableMaskException, NotNowException, IOException {
    ByteBuffer inline = image.getMaskBytes();
    if (inline != null) {
      return copy(inline);
    }
    try {
      return objects.read(image.getMaskLocation(), settings.limits().maxBytes());
    } catch (ObjectUnavailableException e) {
      throw new UnusableMaskException(
          "The mask at maskLocation cannot be read: "
              + e.getMessage()
              + " Put it there, or allow relook to read it, and send the image again.");
    }
  }

  static byte[] copy(ByteBuffer inline) {
    byte[] bytes = new byte[inline.remaining()];
    inline.duplicate().get(bytes);
    return bytes;
  }
}
