/**
 * {@code relook bench accuracy}: how good and how fast the product's models are on folders of
 * pictures. Features, training and export are the product's own; the exported file is measured.
 */
@NullMarked
package io.relook.bench.accuracy;

import org.jspecify.annotations.NullMarked;
