/** Shared by measurements: feature extraction as in the product, its options, and the heap used. */
@NullMarked
package io.relook.bench.extraction;

import org.jspecify.annotations.NullMarked;
