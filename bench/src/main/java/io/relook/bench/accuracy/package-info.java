/**
 * How well and how fast the product learns from folders of pictures: the product's own features,
 * heads and export, judged by the exported file.
 */
@NullMarked
package io.relook.bench.accuracy;

import org.jspecify.annotations.NullMarked;
