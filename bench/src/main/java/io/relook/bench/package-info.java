/** Whole-pipeline measurements. Each class states its question and the command that repeats it. */
@NullMarked
package io.relook.bench;

import org.jspecify.annotations.NullMarked;
