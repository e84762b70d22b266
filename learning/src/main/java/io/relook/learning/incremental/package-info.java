/**
 * What one training leaves for the next one, and when a training may build on it instead of
 * starting from scratch.
 */
@NullMarked
package io.relook.learning.incremental;

import org.jspecify.annotations.NullMarked;
