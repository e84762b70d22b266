package io.relook.bench.retrain;

import java.util.Map;

/**
 * One training.
 *
 * @param good good training pictures
 * @param added of those, how many the parent had not; 0 from scratch
 * @param anomalous anomalous training pictures
 * @param test test pictures, which are scored too
 * @param seconds wall time, from the first summary read to the last test picture scored
 * @param cpuSeconds processor time of the whole process meanwhile, over all threads: what other
 *     work on the machine changes little
 * @param stageSeconds wall time of each stage, by its name
 * @param heapBytes highest use of the heap, summed over its pools: an upper bound
 * @param stateBytes what the training left for the next one
 * @param generation trainings since one from scratch
 */
public record RetrainResult(
    int good,
    int added,
    int anomalous,
    int test,
    double seconds,
    double cpuSeconds,
    Map<String, Double> stageSeconds,
    long heapBytes,
    int stateBytes,
    int modelBytes,
    int generation,
    double imageAuroc) {}
