/** Tests of the client; {@code *IT} run against a real broker and store in this JVM. */
@NullMarked
package io.relook.client;

import org.jspecify.annotations.NullMarked;
