/**
 * Java client of relook's topics: send pictures and labels, send commands and wait for their
 * answers, read any topic.
 *
 * <p>Everything starts at {@link io.relook.client.RelookConnection}, made from {@link
 * io.relook.client.RelookSettings}. Readers see committed records only. Clocks and identifiers are
 * passed in. What goes wrong in a way that a person can mend is a {@link
 * io.relook.client.RelookException} with one sentence.
 */
@NullMarked
package io.relook.client;

import org.jspecify.annotations.NullMarked;
