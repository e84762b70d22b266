/**
 * The keyed operator that owns the data sets of a project. {@link
 * io.relook.job.dataset.AlignmentBuffer} aligns cuts, {@link io.relook.job.dataset.Dataset} applies
 * images, {@link io.relook.job.dataset.DatasetCuts} applies commands, {@link
 * io.relook.job.dataset.TrainingPlanner} chooses the images of a training, and {@link
 * io.relook.job.dataset.ErasureSchedule} decides what is erased.
 */
@NullMarked
package io.relook.job.dataset;

import org.jspecify.annotations.NullMarked;
