/**
 * A cluster of processes on this machine: a broker, an S3 server, ZooKeeper, two job managers of
 * which one leads, and two task managers, each in its own JVM on 127.0.0.1. Flink's processes have
 * the configuration of {@code deploy/flink}, as in the container image, and a lib/ folder of
 * Flink's artifacts, since Maven Central does not have its distribution.
 *
 * <p>{@link io.relook.cluster.Cluster} starts and stops the processes, {@link
 * io.relook.cluster.ClusterJobs} the jobs on them. One directory contains everything that is kept:
 *
 * <pre>
 * cluster.properties   ports, chosen at the first start
 * conf/                generated: Flink's, ZooKeeper's and the broker's configuration
 * logs/                log and output of each process
 * pids/                one file per started process: its id and its start time
 * kafka/ s3/ zookeeper/   data
 * flink/               checkpoints and savepoints by job, metadata of high availability
 * credentials relook.properties   for clients
 * </pre>
 */
@NullMarked
package io.relook.cluster;

import org.jspecify.annotations.NullMarked;
