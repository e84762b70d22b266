/**
 * The features of one picture as they are stored: one grid of half-precision values per tap of the
 * backbone. Extraction is one ONNX graph from decoded pixels to stored values, with the same nodes
 * as the model file, so training and inference compute the same numbers.
 */
@NullMarked
package io.relook.learning.features;

import org.jspecify.annotations.NullMarked;
