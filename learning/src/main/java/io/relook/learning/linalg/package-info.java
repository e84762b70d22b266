/**
 * Linear algebra that EJML lacks: exact scatter matrices with their covariance, whitening and
 * eigenvectors, and greedy k-centre selection. {@link io.relook.learning.statistics} and {@link
 * io.relook.learning.detectors} are built on it.
 */
@NullMarked
package io.relook.learning.linalg;

import org.jspecify.annotations.NullMarked;
