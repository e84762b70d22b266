/**
 * What stages say to each other: images and where their pictures and features are kept, the split,
 * training orders and results, rejected messages, names of resources, and the layout of relook's
 * own bucket. Records without decisions. Every stage may use them; they use no stage.
 */
@NullMarked
package io.relook.job.domain;

import org.jspecify.annotations.NullMarked;
