/**
 * The frozen network that turns pictures into features: an ONNX file, and a descriptor that says
 * how pictures are prepared and which outputs are features. Preprocessing is part of the graph, and
 * a backbone has one digest over both. {@link io.relook.learning.features} runs it, and every model
 * file contains it.
 */
@NullMarked
package io.relook.learning.backbone;

import org.jspecify.annotations.NullMarked;
