package io.relook.job.domain;

import io.relook.job.kafka.KafkaRecord;

/**
 * An image whose picture or mask could not be read, to be looked at again.
 *
 * @param sourceRef identity of the image within the project
 * @param message the image's message; without its bytes when they are in the log alone
 * @param since when it could not be read first, in milliseconds since the epoch
 */
public record RetryRequest(
    String account, String project, String sourceRef, KafkaRecord message, long since) {}
