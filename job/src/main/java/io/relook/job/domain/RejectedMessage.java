package io.relook.job.domain;

import io.relook.job.kafka.KafkaRecord;

/**
 * A rejected message, before it becomes a record of the topic of rejections.
 *
 * @param origin the message with its bytes
 * @param reason why it is rejected
 */
public record RejectedMessage(KafkaRecord origin, RejectionReason reason) {}
