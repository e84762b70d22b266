/**
 * From a training manifest to a trained model: writes the manifest, loads or extracts features, and
 * calls the trainer of {@code io.relook.learning}. Model and training state go into relook's own
 * bucket; {@code publication} takes them from there.
 */
@NullMarked
package io.relook.job.training;

import org.jspecify.annotations.NullMarked;
