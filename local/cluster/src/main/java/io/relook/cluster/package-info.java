/**
 * A cluster of processes on this machine: a broker, an S3 server, ZooKeeper, two job managers of
 * which one leads, and two task managers, each a JVM of its own on 127.0.0.1. Flink's processes run
 * with the configuration of {@code deploy/flink} that the container image has too, and with a lib/
 * folder made of Flink's artifacts, since its distribution is not on Maven Central.
 *
 * <p>Everything a cluster keeps lies in one directory:
 *
 * <pre>
 * cluster.properties   ports, chosen at the first start
 * conf/                generated: Flink's, ZooKeeper's and the broker's configuration
 * logs/                one file per process, and what it printed
 * pids/                one file per process that was started: its id and when it started
 * kafka/ s3/ zookeeper/   data
 * flink/               checkpoints and savepoints by job, metadata of the high-availability services
 * credentials relook.properties   for clients
 * </pre>
 */
@NullMarked
package io.relook.cluster;

import org.jspecify.annotations.NullMarked;
