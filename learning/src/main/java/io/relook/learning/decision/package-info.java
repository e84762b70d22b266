/**
 * From scores to a decision: the stack, the threshold, its calibration, and the filter of label
 * noise. Pure.
 */
@NullMarked
package io.relook.learning.decision;

import org.jspecify.annotations.NullMarked;
