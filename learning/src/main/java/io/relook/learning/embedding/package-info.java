/**
 * From stored features to vectors: patch embeddings as PatchCore makes them (Roth et al., CVPR
 * 2022, §3.1) and the pooled vector of a picture, as nodes of an ONNX graph.
 */
@NullMarked
package io.relook.learning.embedding;

import org.jspecify.annotations.NullMarked;
