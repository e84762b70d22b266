/**
 * The end of the flow: opens an exported model file and scores one picture at a time, with a score,
 * a decision and a map of anomalous pixels. It needs nothing of the training packages.
 */
@NullMarked
package io.relook.learning.model;

import org.jspecify.annotations.NullMarked;
