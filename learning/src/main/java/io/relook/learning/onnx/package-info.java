/**
 * Below everything that computes: a builder of ONNX graphs, and the one place that owns ONNX
 * Runtime with its environment, sessions, threads, direct buffers and execution providers. It
 * depends on no other package.
 */
@NullMarked
package io.relook.learning.onnx;

import org.jspecify.annotations.NullMarked;
