/**
 * Checks a trained model against its reported scores and writes its files to the customer's output
 * bucket. The files come first, then the outcome that names them.
 */
@NullMarked
package io.relook.job.publication;

import org.jspecify.annotations.NullMarked;
