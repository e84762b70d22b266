/**
 * The input of a training: labelled pictures with the sources of their features and statistics, the
 * distinct ones of each class, their folds, and the training mode that their number allows. {@link
 * io.relook.learning.data.FeatureCheck} rejects features that do not belong together.
 */
@NullMarked
package io.relook.learning.data;

import org.jspecify.annotations.NullMarked;
