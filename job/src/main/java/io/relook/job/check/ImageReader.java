package io.relook.job.check;

import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.signing.MarkerVerification;
import io.relook.schemas.Decoding;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.schemas.access.AccessControl;
import io.relook.wire.CutMarker;
import io.relook.wire.ImageRetry;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.LabeledImage;
import io.relook.wire.S3Object;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the messages of the image topic and checks their rules, the locations that they name, and
 * whether the job wrote the cut markers and image retries. Never throws.
 */
final class ImageReader {
  static final String STAGE = "check-images";

  private final MessageCodec codec;
  private final ImageRules rules;
  private final AccessControl access;
  private final MarkerVerification verification;

  ImageReader(
      MessageCodec codec, ImageRules rules, AccessControl access, MarkerVerification verification) {
    this.codec = codec;
    this.rules = rules;
    this.access = access;
    this.verification = verification;
  }

  /** Result of reading a message. */
  sealed interface Reading {
    /** For the data set. */
    record Read(CheckedImage image) implements Reading {}

    /** For the rejections. */
    record Rejected(RejectionReason reason) implements Reading {}
  }

  Reading read(KafkaRecord origin) {
    Decoding decoding = codec.decode(Topic.IMAGES, origin.value());
    if (decoding instanceof Decoding.Undecodable undecodable) {
      return new Reading.Rejected(
          new RejectionReason(
              STAGE, RejectionCode.UNDECODABLE, undecodable.sentence(), null, null, null));
    }
    Object message = ((Decoding.Decoded) decoding).record();
    if (message instanceof LabeledImage image) {
      return checked(
          rules
              .violation(image)
              .map(RejectionCode.INVALID_MEMBER::because)
              .or(() -> misplaced(origin, image.getAccount(), image.getProject()))
              .or(() -> forbidden(image).map(RejectionCode.FORBIDDEN_LOCATION::because)),
          image.getAccount(),
          image.getProject(),
          image.getSourceRef(),
          CheckedImage.of(origin, image));
    }
    if (message instanceof ImageWithdrawal withdrawal) {
      return checked(
          rules
              .violation(withdrawal)
              .map(RejectionCode.INVALID_MEMBER::because)
              .or(() -> misplaced(origin, withdrawal.getAccount(), withdrawal.getProject())),
          withdrawal.getAccount(),
          withdrawal.getProject(),
          withdrawal.getSourceRef(),
          CheckedImage.of(origin, withdrawal));
    }
    if (message instanceof ImageRetry retry) {
      return checked(
          verification
              .ofRetry(origin)
              .map(RejectionCode.UNSIGNED_MARKER::because)
              .or(
                  () ->
                      rules
                          .violation(retry, origin.partition())
                          .map(RejectionCode.INVALID_MEMBER::because)),
          retry.getAccount(),
          retry.getProject(),
          retry.getSourceRef(),
          retried(origin.withoutSignature(), retry));
    }
    CutMarker cut = (CutMarker) message;
    return checked(
        verification
            .ofMarker(origin)
            .map(RejectionCode.UNSIGNED_MARKER::because)
            .or(
                () ->
                    rules
                        .violation(cut, origin.partition(), origin.timestamp())
                        .map(RejectionCode.INVALID_MEMBER::because)),
        cut.getAccount(),
        cut.getProject(),
        "",
        CheckedImage.of(origin.withoutSignature(), cut));
  }

  /** The image again, or word that it is given up, also because it breaks a rule by now. */
  private CheckedImage retried(KafkaRecord origin, ImageRetry retry) {
    ByteBuffer message = retry.getMessage();
    if (message == null) {
      return new CheckedImage(origin, null, null, null, retry);
    }
    byte[] bytes = new byte[message.remaining()];
    message.duplicate().get(bytes);
    if (!(codec.decode(Topic.IMAGES, bytes) instanceof Decoding.Decoded decoded)
        || !(decoded.record() instanceof LabeledImage image)) {
      return givenUp(origin, retry, "Its message is not one of an image.");
    }
    Optional<String> violation = rules.violation(image).or(() -> forbidden(image));
    if (violation.isPresent()) {
      return givenUp(origin, retry, violation.get());
    }
    // The import that it came with has ended, or counted it when it could not be read first.
    image.setImportId(null);
    return new CheckedImage(origin, image, null, null, retry);
  }

  private static CheckedImage givenUp(KafkaRecord origin, ImageRetry retry, String why) {
    ImageRetry givenUp = ImageRetry.newBuilder(retry).setMessage(null).setRejection(why).build();
    return new CheckedImage(origin, null, null, null, givenUp);
  }

  private Optional<RejectionCode.Violation> misplaced(
      KafkaRecord origin, String account, String project) {
    return rules
        .misplaced(account, project, origin.partition())
        .map(RejectionCode.WRONG_PARTITION::because);
  }

  private Optional<String> forbidden(LabeledImage image) {
    return forbidden(image, "imageLocation", image.getImageLocation())
        .or(() -> forbidden(image, "maskLocation", image.getMaskLocation()));
  }

  private Optional<String> forbidden(
      LabeledImage image, String member, @Nullable S3Object location) {
    return location == null
        ? Optional.empty()
        : access.readForImage(image.getAccount(), image.getProject(), member, location);
  }

  private static Reading checked(
      Optional<RejectionCode.Violation> violation,
      String account,
      String project,
      String sourceRef,
      CheckedImage image) {
    return violation
        .<Reading>map(
            found ->
                new Reading.Rejected(
                    new RejectionReason(
                        STAGE, found.code(), found.sentence(), account, project, sourceRef)))
        .orElseGet(() -> new Reading.Read(image));
  }
}
