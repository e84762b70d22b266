/**
 * Anomaly detectors, fitted in closed form to statistics of good pictures, and some of them to
 * anomalous ones too. A fitted detector is a set of nodes of an ONNX graph: the same nodes score
 * training pictures and go into the model file. {@link io.relook.learning.decision} combines the
 * detectors' statistics.
 */
@NullMarked
package io.relook.learning.detectors;

import org.jspecify.annotations.NullMarked;
