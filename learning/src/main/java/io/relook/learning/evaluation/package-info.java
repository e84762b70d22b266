/**
 * Measures of scores: areas under curves, precision, recall, F1 and their confidence intervals.
 * Pure functions; anomaly is the positive class. Validation, training and the report use them.
 */
@NullMarked
package io.relook.learning.evaluation;

import org.jspecify.annotations.NullMarked;
