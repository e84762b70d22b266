/**
 * A real Kafka broker, a real S3 server and a real Flink cluster in this JVM, for local runs and
 * tests. They listen on 127.0.0.1 only, keep everything in a directory, and can start again on it.
 * They are not meant for a cluster.
 */
@NullMarked
package io.relook.embedded;

import org.jspecify.annotations.NullMarked;
