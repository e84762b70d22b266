/** The exported file at work: one picture in, a score, a decision and a map out. */
@NullMarked
package io.relook.learning.model;

import org.jspecify.annotations.NullMarked;
