/** Tests of the command line, most of them run as a person would run it. */
@NullMarked
package io.relook.client.cli;

import org.jspecify.annotations.NullMarked;
