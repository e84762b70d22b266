/**
 * The frozen network that turns pictures into features: an ONNX file and a descriptor that says how
 * pictures must be prepared for it and which of its outputs are features. Preprocessing is part of
 * the weights; a backbone's digest covers both.
 */
@NullMarked
package io.relook.learning.backbone;

import org.jspecify.annotations.NullMarked;
