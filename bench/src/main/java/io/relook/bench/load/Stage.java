package io.relook.bench.load;

import java.util.EnumMap;
import java.util.Map;

/** What the task manager spends processor time on, by the names of its threads. */
enum Stage {
  /** Reading from Kafka and checks: the source's threads with what is chained to it. */
  READ("read and check"),
  /** Fetching, decoding, storing and the backbone: the extraction's own threads. */
  EXTRACT("extract features"),
  /** The keyed stages, with state in RocksDB. */
  STATE("data set, registry"),
  /** Sinks and their producers. */
  WRITE("write"),
  /** Compiling and collecting garbage. */
  JVM("JVM"),
  /** Checkpoints, network, RPC. */
  FLINK("rest of Flink");

  private final String title;

  Stage(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** The stage of a thread, by the first 15 characters of its name. */
  static Stage of(String thread) {
    if (thread.startsWith("Source: 1 read") || thread.startsWith("Source Data Fet")) {
      return READ;
    }
    if (thread.startsWith("3 store picture")) {
      return EXTRACT;
    }
    if (thread.startsWith("4 data set")
        || thread.startsWith("4 registry")
        || thread.startsWith("rocksdb")) {
      return STATE;
    }
    if (thread.startsWith("5 write")
        || thread.startsWith("9 write")
        || thread.startsWith("8 write")
        || thread.startsWith("kafka-producer")) {
      return WRITE;
    }
    if (thread.startsWith("GC ")
        || thread.startsWith("G1 ")
        || thread.startsWith("C1 ")
        || thread.startsWith("C2 ")
        || thread.startsWith("VM ")) {
      return JVM;
    }
    return FLINK;
  }

  /** Sums processor seconds by thread to seconds by stage. */
  static Map<Stage, Double> sums(Map<String, Double> byThread) {
    Map<Stage, Double> sums = new EnumMap<>(Stage.class);
    byThread.forEach((thread, seconds) -> sums.merge(of(thread), seconds, Double::sum));
    return sums;
  }
}
