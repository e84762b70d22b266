/** Shared by measurements: feature extraction as the product does it, and its options. */
@NullMarked
package io.relook.bench.extraction;

import org.jspecify.annotations.NullMarked;

