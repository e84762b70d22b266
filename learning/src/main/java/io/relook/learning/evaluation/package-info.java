/** Numbers that say how good scores are. Pure functions; anomaly is the positive class. */
@NullMarked
package io.relook.learning.evaluation;

import org.jspecify.annotations.NullMarked;
