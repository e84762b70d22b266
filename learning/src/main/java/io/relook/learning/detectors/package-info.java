/**
 * Detectors over stored features, fitted in closed form. Each becomes nodes of the exported graph,
 * and is scored by those very nodes.
 */
@NullMarked
package io.relook.learning.detectors;

import org.jspecify.annotations.NullMarked;
