package io.relook.job.domain;

import io.relook.job.kafka.KafkaRecord;

/** A rejected message on its way to the rejections: what a stage without a store emits. */
public record RejectedMessage(KafkaRecord origin, RejectionReason reason) {}
