/**
 * Scores of training pictures by detectors that have not seen them, and the choices made from them.
 */
@NullMarked
package io.relook.learning.validation;

import org.jspecify.annotations.NullMarked;
