/**
 * The pipeline from labelled features to one ONNX file. {@link io.relook.learning.training.Trainer}
 * runs it; equal input and seed give equal bytes. In order:
 *
 * <ol>
 *   <li>{@link io.relook.learning.data.TrainingSet} removes copies, assigns folds and chooses the
 *       {@link io.relook.learning.data.TrainingMode}.
 *   <li>{@link io.relook.learning.incremental.IncrementalBase} joins the statistics of good
 *       pictures by fold, from scratch or on top of a parent.
 *   <li>{@link io.relook.learning.validation.FoldFits} fits the {@link
 *       io.relook.learning.detectors.Detectors} to all folds, and again without each fold.
 *   <li>{@link io.relook.learning.validation.OutOfFoldScoring} scores training pictures by
 *       detectors fitted without them, as the {@link io.relook.learning.incremental.ScoringPlan}
 *       says.
 *   <li>{@link io.relook.learning.training.EnsembleFit} selects detectors, fits the {@link
 *       io.relook.learning.decision.Stack}, finds suspected labels and chooses the threshold.
 *   <li>{@link io.relook.learning.training.ModelFile} writes the file. Its nodes score the test
 *       pictures, which influence no choice, and {@link io.relook.learning.evaluation.Evaluator}
 *       evaluates them.
 * </ol>
 */
@NullMarked
package io.relook.learning.training;

import org.jspecify.annotations.NullMarked;
