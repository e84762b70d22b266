/**
 * The little of ONNX that relook writes itself: a graph builder over the ONNX messages and a thin,
 * thread-safe wrapper of an ONNX Runtime session.
 */
@NullMarked
package io.relook.learning.onnx;

import org.jspecify.annotations.NullMarked;
