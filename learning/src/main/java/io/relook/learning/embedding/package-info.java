/**
 * From stored features to vectors: patch vectors as PatchCore makes them (Roth et al., CVPR 2022,
 * §3.1) and the pooled vector of a picture, as nodes of an ONNX graph. A patch space is a kind of
 * patch vector with its distance. {@link io.relook.learning.statistics} and {@link
 * io.relook.learning.detectors} use the same nodes.
 */
@NullMarked
package io.relook.learning.embedding;

import org.jspecify.annotations.NullMarked;
