/**
 * Java client of relook's topics: sends pictures and labels, sends commands and waits for their
 * answers, reads any topic.
 *
 * <p>Everything starts at {@link io.relook.client.RelookConnection}, made from {@link
 * io.relook.client.RelookSettings}. Readers see committed records only. Clocks and identifiers are
 * passed in. A failure that a person can resolve is a {@link io.relook.client.RelookException}.
 */
@NullMarked
package io.relook.client;

import org.jspecify.annotations.NullMarked;
