/**
 * The pictures of a training: labels, folds, where their features come from, and what they support.
 */
@NullMarked
package io.relook.learning.data;

import org.jspecify.annotations.NullMarked;
