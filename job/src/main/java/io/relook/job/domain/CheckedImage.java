package io.relook.job.domain;

import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.CutMarker;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.LabeledImage;
import org.jspecify.annotations.Nullable;

/**
 * A message of the image topic that passed every check, with its original bytes. Exactly one of
 * {@code image}, {@code withdrawal} and {@code cut} is present. The three travel in one envelope
 * because their order matters, and sealed types cannot travel between operators without Kryo.
 */
public record CheckedImage(
    KafkaRecord origin,
    @Nullable LabeledImage image,
    @Nullable ImageWithdrawal withdrawal,
    @Nullable CutMarker cut) {}
