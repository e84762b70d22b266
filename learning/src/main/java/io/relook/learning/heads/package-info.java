/**
 * What is fitted on a product's features. A head is fitted from good (and, where it can use them,
 * anomalous) pictures and then writes itself as ONNX nodes; the same nodes score stored features
 * during training and pictures in the exported file.
 */
@NullMarked
package io.relook.learning.heads;

import org.jspecify.annotations.NullMarked;
