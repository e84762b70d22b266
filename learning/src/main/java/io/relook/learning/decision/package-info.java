/**
 * From detector statistics to a decision: the stack that combines them to one raw score, the
 * threshold, the calibration of the score to (0, 1), and the label-noise filter that finds pictures
 * with suspected labels. All of it is pure; {@link io.relook.learning.training} applies it to
 * out-of-fold statistics.
 */
@NullMarked
package io.relook.learning.decision;

import org.jspecify.annotations.NullMarked;
