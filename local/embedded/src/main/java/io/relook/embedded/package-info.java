/**
 * A real Kafka broker and a real S3 server inside this JVM, for local runs and tests. Both listen
 * on 127.0.0.1 only, keep what they were given in a directory, and start again on it. Nothing here
 * is meant for a cluster.
 */
@NullMarked
package io.relook.embedded;

import org.jspecify.annotations.NullMarked;
