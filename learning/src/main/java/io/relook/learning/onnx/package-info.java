/**
 * The little of ONNX that relook writes itself: a graph builder over the ONNX messages, and the one
 * place that owns ONNX Runtime: its environment, sessions with their threads and direct buffers,
 * and what they compute on.
 */
@NullMarked
package io.relook.learning.onnx;

import org.jspecify.annotations.NullMarked;
