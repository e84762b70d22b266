/**
 * The edge to Kafka: sources and sinks, messages with their place in the log, the checks of topics
 * and brokers at the start, and client properties without secrets.
 */
@NullMarked
package io.relook.job.kafka;

import org.jspecify.annotations.NullMarked;
