/**
 * {@code relook bench retrain}: what a training costs, from scratch and on top of another one, with
 * 250 to 16,000 pictures.
 */
@NullMarked
package io.relook.bench.retrain;

import org.jspecify.annotations.NullMarked;
