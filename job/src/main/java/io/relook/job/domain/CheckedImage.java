package io.relook.job.domain;

import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.CutMarker;
import io.relook.wire.ImageRetry;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.LabeledImage;
import org.jspecify.annotations.Nullable;

/**
 * A message of the image topic that passed every check, with its original bytes. Exactly one of
 * {@code image}, {@code withdrawal} and {@code cut} is present, or a {@code retry}: with the image
 * that is taken again, or alone when it is given up. They travel in one envelope because their
 * order matters, and sealed types cannot travel between operators without Kryo.
 */
public record CheckedImage(
    KafkaRecord origin,
    @Nullable LabeledImage image,
    @Nullable ImageWithdrawal withdrawal,
    @Nullable CutMarker cut,
    @Nullable ImageRetry retry) {

  /** An image. */
  public static CheckedImage of(KafkaRecord origin, LabeledImage image) {
    return new CheckedImage(origin, image, null, null, null);
  }

  /** A withdrawal. */
  public static CheckedImage of(KafkaRecord origin, ImageWithdrawal withdrawal) {
    return new CheckedImage(origin, null, withdrawal, null, null);
  }

  /** A cut marker. */
  public static CheckedImage of(KafkaRecord origin, CutMarker cut) {
    return new CheckedImage(origin, null, null, cut, null);
  }
}
