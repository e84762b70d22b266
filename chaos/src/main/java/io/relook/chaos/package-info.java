/**
 * The chaos suite: a load of images and commands on a real cluster of processes, a seeded script of
 * faults, and guarantees that are checked at the end.
 */
@NullMarked
package io.relook.chaos;

import org.jspecify.annotations.NullMarked;
