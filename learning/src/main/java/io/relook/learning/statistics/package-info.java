/**
 * Sufficient statistics: all that detectors are fitted from. Those of one picture are extracted
 * from its features and stored beside them. They join to those of a set of pictures: a coreset of
 * patches and exact sums. So folds and later trainings share the work.
 */
@NullMarked
package io.relook.learning.statistics;

import org.jspecify.annotations.NullMarked;
