/**
 * Linear algebra that the library does not have: scatter matrices and greedy k-centre selection.
 */
@NullMarked
package io.relook.learning.linalg;

import org.jspecify.annotations.NullMarked;
