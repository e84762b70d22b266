package io.relook.job.extraction;

import io.relook.job.domain.Annotation;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.Deferral;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportedLine;
import io.relook.job.domain.Mask;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.StoredPicture;
import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.AnnotationMetadata;
import io.relook.wire.CutMarker;
import io.relook.wire.ImageRetry;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.LabeledImage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the changes of the data set from the messages of the image topic. */
final class ImageChanges {

  private ImageChanges() {}

  static ImageChange of(KafkaRecord origin, CutMarker cut) {
    return new ImageChange(
        cut.getAccount(), cut.getProject(), origin.withoutValue(), "", null, null, null, cut);
  }

  static ImageChange of(KafkaRecord origin, ImageWithdrawal withdrawal) {
    return new ImageChange(
        withdrawal.getAccount(),
        withdrawal.getProject(),
        origin,
        withdrawal.getSourceRef(),
        null,
        null,
        null,
        null);
  }

  static ImageChange of(
      KafkaRecord origin,
      LabeledImage image,
      Annotation annotation,
      @Nullable StoredPicture picture,
      @Nullable Mask mask) {
    return new ImageChange(
        image.getAccount(),
        image.getProject(),
        origin,
        image.getSourceRef(),
        annotation,
        picture,
        mask,
        null);
  }

  /** An image that goes on in its place, and is looked at again later. */
  static ImageChange waits(CheckedImage message, LabeledImage image, String sentence) {
    ImageRetry retry = message.retry();
    KafkaRecord origin = message.origin();
    Deferral deferral =
        Deferral.waits(
            retry == null ? origin.partition() : retry.getPartition(),
            retry == null ? origin.offset() : retry.getOffset(),
            !PictureExtraction.hasPicture(image),
            sentence);
    return of(
        retry == null ? origin : origin.withoutValue(),
        image,
        annotation(image, Optional.empty()),
        StoredPicture.deferred(deferral),
        null);
  }

  /** What the data set takes of a picture; null when the message has none. */
  static @Nullable StoredPicture taken(
      @Nullable StoredPicture picture, @Nullable ImageRetry retry) {
    if (retry == null) {
      return picture;
    }
    Deferral over = Deferral.over(retry.getPartition(), retry.getOffset());
    return picture == null ? StoredPicture.deferred(over) : picture.with(over);
  }

  /** An image that was not taken at another try. The data set rejects its own message. */
  static ImageChange givenUp(
      KafkaRecord origin,
      ImageRetry retry,
      LabeledImage image,
      RejectionCode code,
      String sentence) {
    Deferral givenUp = Deferral.givenUp(retry.getPartition(), retry.getOffset(), code, sentence);
    return of(
        origin.withoutValue(),
        image,
        annotation(image, Optional.empty()),
        StoredPicture.deferred(givenUp),
        null);
  }

  /** An image that is not tried again. */
  static ImageChange givenUp(KafkaRecord origin, ImageRetry retry) {
    Deferral givenUp =
        Deferral.givenUp(
            retry.getPartition(),
            retry.getOffset(),
            RejectionCode.PICTURE_NOT_FOUND,
            String.valueOf(retry.getRejection()));
    return new ImageChange(
        retry.getAccount(),
        retry.getProject(),
        origin.withoutValue(),
        retry.getSourceRef(),
        null,
        StoredPicture.deferred(givenUp),
        null,
        null);
  }

  static Annotation annotation(LabeledImage image, Optional<MaskDecoding.Decoded> mask) {
    AnnotationMetadata given = image.getAnnotation();
    return new Annotation(
        mask.map(MaskDecoding.Decoded::label).orElse(image.getLabel()),
        mask.isPresent() ? mask.get().defectClass().orElse(null) : image.getDefectClass(),
        image.getDataset(),
        given == null ? "anomaly-label" : given.getLabelAttribute(),
        given == null || given.getHumanAnnotated(),
        given == null ? null : given.getCreationDate(),
        given == null ? null : given.getJobName(),
        image.getImportId() == null ? null : new ImportedLine(image.getImportId(), null));
  }
}
