package io.relook.job.rejection;

import io.relook.job.kafka.KafkaRecord;

/** A refused message on its way to the rejections: what a stage without a store emits. */
public record Refused(KafkaRecord origin, Refusal refusal) {}
