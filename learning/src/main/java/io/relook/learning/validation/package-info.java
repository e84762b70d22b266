/**
 * Cross-validation: detectors are fitted without one fold and score its pictures. The resulting
 * out-of-fold statistics are corrected for the smaller training sets, and candidates are selected
 * by them with the one-standard-error rule. {@link io.relook.learning.training} uses both.
 */
@NullMarked
package io.relook.learning.validation;

import org.jspecify.annotations.NullMarked;
