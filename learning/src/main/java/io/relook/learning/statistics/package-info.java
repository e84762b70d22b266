/**
 * Sufficient statistics: all that a training keeps of pictures. Those of parts join to those of the
 * whole, so folds and later trainings share the work.
 */
@NullMarked
package io.relook.learning.statistics;

import org.jspecify.annotations.NullMarked;
