package io.relook.job.domain;

import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.CutMarker;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.LabeledImage;
import org.jspecify.annotations.Nullable;

/**
 * A message of the image topic that kept every rule, with the bytes it came as. Exactly one of
 * {@code image}, {@code withdrawal} and {@code cut} is present: an envelope, because order between
 * the three matters and sealed types cannot cross operators without Kryo.
 */
public record CheckedImage(
    KafkaRecord origin,
    @Nullable LabeledImage image,
    @Nullable ImageWithdrawal withdrawal,
    @Nullable CutMarker cut) {}
