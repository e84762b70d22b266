/**
 * Trainings that build on an earlier one. {@link io.relook.learning.incremental.TrainingState} is
 * what a training leaves, {@link io.relook.learning.incremental.IncrementalBase} what the next one
 * starts from, either updated or from scratch as a rule decides. {@link
 * io.relook.learning.incremental.ScoringPlan} limits how many pictures are scored again.
 */
@NullMarked
package io.relook.learning.incremental;

import org.jspecify.annotations.NullMarked;
