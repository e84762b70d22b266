package io.relook.job.check;

import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.schemas.Decoding;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.CutMarker;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.LabeledImage;
import java.util.Optional;

/** Decodes the messages of the image topic and checks their rules. Never throws. */
final class ImageReader {
  static final String STAGE = "check-images";

  private final MessageCodec codec;
  private final ImageRules rules;

  ImageReader(MessageCodec codec, ImageRules rules) {
    this.codec = codec;
    this.rules = rules;
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
          rules.violation(image),
          image.getAccount(),
          image.getProject(),
          image.getSourceRef(),
          new CheckedImage(origin, image, null, null));
    }
    if (message instanceof ImageWithdrawal withdrawal) {
      return checked(
          rules.violation(withdrawal),
          withdrawal.getAccount(),
          withdrawal.getProject(),
          withdrawal.getSourceRef(),
          new CheckedImage(origin, null, withdrawal, null));
    }
    CutMarker cut = (CutMarker) message;
    return checked(
        rules.violation(cut, origin.partition()),
        cut.getAccount(),
        cut.getProject(),
        "",
        new CheckedImage(origin, null, null, cut));
  }

  private static Reading checked(
      Optional<String> violation,
      String account,
      String project,
      String sourceRef,
      CheckedImage image) {
    return violation
        .<Reading>map(
            sentence ->
                new Reading.Rejected(
                    new RejectionReason(
                        STAGE,
                        RejectionCode.INVALID_MEMBER,
                        sentence,
                        account,
                        project,
                        sourceRef)))
        .orElseGet(() -> new Reading.Read(image));
  }
}
