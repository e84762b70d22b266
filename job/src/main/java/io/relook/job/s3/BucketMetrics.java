package io.relook.job.s3;

import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * Buckets of others whose breakers are open in this process: {@code failingBuckets} (gauge, text:
 * their names) and {@code bucketsFailing} (gauge, their number).
 */
public final class BucketMetrics {
  /** Name of the gauge that names them. */
  public static final String NAMES = "failingBuckets";

  private BucketMetrics() {}

  public static void register(MetricGroup metrics, OwnBucket own) {
    StoreHealth health = StoreHealth.ofProcess(own);
    metrics.gauge(NAMES, (Gauge<String>) () -> String.join(", ", health.failing()));
    metrics.gauge("bucketsFailing", (Gauge<Integer>) () -> health.failing().size());
  }
}
