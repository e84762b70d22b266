/**
 * What must hold, whatever is killed: one class per guarantee. Each is told what producers were
 * acknowledged, what consumers of committed records read, and what was found in the store, in any
 * interleaving of topics but in the order of each partition; and is asked at the end. Nothing here
 * knows a broker, a store or a cluster.
 */
@NullMarked
package io.relook.chaos.guarantee;

import org.jspecify.annotations.NullMarked;
