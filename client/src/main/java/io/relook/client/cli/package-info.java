/**
 * The command line {@code relook}: one class per command, each printing text for people or JSON for
 * scripts.
 *
 * <p>Exit codes are public API: {@link io.relook.client.cli.ExitCode}.
 */
@NullMarked
package io.relook.client.cli;

import org.jspecify.annotations.NullMarked;
