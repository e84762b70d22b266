/** From a training manifest to a trained model. */
@NullMarked
package io.relook.job.training;

import org.jspecify.annotations.NullMarked;
