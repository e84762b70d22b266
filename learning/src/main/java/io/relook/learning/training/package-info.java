/**
 * From labelled features to one ONNX file: heads are fitted, the threshold is chosen from
 * out-of-fold scores of the training pictures, raw scores are mapped into (0, 1), and test pictures
 * are scored, which choose nothing. Equal input and seed give equal bytes.
 */
@NullMarked
package io.relook.learning.training;

import org.jspecify.annotations.NullMarked;
