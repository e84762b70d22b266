/**
 * Measurements of the whole product: {@link io.relook.bench.Bench} has them as commands. The two
 * benchmarks here are programs; each states its question and how to run it.
 */
@NullMarked
package io.relook.bench;

import org.jspecify.annotations.NullMarked;
