/**
 * What must hold whatever fails: one class per guarantee. Each observes what the broker
 * acknowledged, what consumers of committed records read and what is in the store, in any
 * interleaving of topics but in the order of each partition. At the end it lists its violations.
 * Nothing here depends on a broker, a store or a cluster.
 */
@NullMarked
package io.relook.chaos.guarantee;

import org.jspecify.annotations.NullMarked;
