package io.relook.bench;

import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.RegistryInput;
import io.relook.job.kafka.TopicRecord;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.CommandReply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Measures how long the answer to a command waits for its checkpoint while the data set has much
 * state. One job on a Flink MiniCluster with RocksDB and a checkpoint a second: data sets are
 * filled at full speed, then 100 labels and 4 commands a second come for some minutes.
 *
 * <pre>
 * mvn -q -Dquick -DskipTests -pl bench -am package
 * java -Xmx3g -cp 'bench/target/lib/*:bench/target/relook-bench.jar' \
 *     io.relook.bench.CheckpointBenchmark IMAGES MINUTES incremental|full
 * </pre>
 */
public final class CheckpointBenchmark {
  private static final Duration TICK = Duration.ofMillis(10);
  private static final int TICKS_A_COMMAND = 25;

  /** The MiniCluster runs in this JVM. */
  private static final CountDownLatch FILLED = new CountDownLatch(1);

  private static final Queue<Long> WAITED_MILLIS = new ConcurrentLinkedQueue<>();

  private CheckpointBenchmark() {}

  public static void main(String[] args) throws Exception {
    long images = args.length > 0 ? Long.parseLong(args[0]) : 20_000;
    int minutes = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    boolean incremental = args.length < 3 || args[2].equals("incremental");
    Path checkpoints = Files.createTempDirectory("relook-checkpoints-");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(
            1,
            Configuration.fromMap(
                Map.of(
                    "state.backend.type", "rocksdb",
                    "execution.checkpointing.incremental", Boolean.toString(incremental),
                    "execution.checkpointing.min-pause", "500 ms",
                    "execution.checkpointing.timeout", "10 min",
                    "taskmanager.memory.managed.size", "256mb",
                    "execution.checkpointing.dir", checkpoints.toUri().toString())));
    env.enableCheckpointing(1_000);
    env.fromSequence(0, Long.MAX_VALUE - 1)
        .map(i -> change(i, images))
        .returns(ImageChange.class)
        .keyBy(ImageChange::datasetKey, Types.STRING)
        .process(StateBenchmark.datasetFunction())
        .map(DatasetOutput::hashCode)
        .returns(Types.INT)
        .sinkTo(new DiscardingSink<>());
    env.fromSequence(0, Long.MAX_VALUE - 1)
        .filter(i -> isCommand(i))
        .map(i -> StateBenchmark.input(i, System.currentTimeMillis()))
        .returns(RegistryInput.class)
        .keyBy(RegistryInput::account, Types.STRING)
        .process(StateBenchmark.registryFunction())
        .map(new Answers())
        .returns(Types.INT)
        .sinkTo(new DiscardingSink<>());
    long start = System.nanoTime();
    JobClient job = env.executeAsync();
    FILLED.await();
    double filled = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "filled with %,d images in %.0f s (%,.0f/s)%n",
        images,
        filled,
        images / filled);
    // What was waiting while the data sets were filled does not count.
    TimeUnit.SECONDS.sleep(10);
    WAITED_MILLIS.clear();
    for (int minute = 1; minute <= minutes; minute++) {
      TimeUnit.MINUTES.sleep(1);
      System.out.printf(Locale.ROOT, "minute %d: %,d answers%n", minute, WAITED_MILLIS.size());
    }
    List<Long> waited = WAITED_MILLIS.stream().sorted().toList();
    System.out.printf(
        Locale.ROOT,
        "%s, %,d images, %.2f GB of checkpoints on disk: %,d answers, p50 %d ms, p99 %d ms, most %d ms%n",
        incremental ? "incremental" : "full",
        images,
        size(checkpoints) / 1e9,
        waited.size(),
        percentile(waited, 0.5),
        percentile(waited, 0.99),
        percentile(waited, 1));
    job.cancel().get();
    delete(checkpoints);
    System.exit(0);
  }

  private static ImageChange change(long i, long images) throws InterruptedException {
    if (i >= images) {
      FILLED.countDown();
      TimeUnit.MILLISECONDS.sleep(TICK.toMillis());
      // Over all entries, so that all files are compacted in time.
      return StateBenchmark.relabelled((i * 7_919) % images, i);
    }
    return StateBenchmark.image(i);
  }

  private static boolean isCommand(long i) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(TICK.toMillis());
    return i % TICKS_A_COMMAND == 0;
  }

  private static long percentile(List<Long> sorted, double share) {
    return sorted.isEmpty()
        ? -1
        : sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
  }

  private static long size(Path directory) throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      long all = 0;
      for (Path file : files.toList()) {
        all += Files.isRegularFile(file) ? file.toFile().length() : 0;
      }
      return all;
    }
  }

  private static void delete(Path directory) throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Answers leave when their checkpoint is complete, as from a transactional sink. */
  private static final class Answers extends RichMapFunction<TopicRecord, Integer>
      implements CheckpointedFunction, CheckpointListener {
    private static final long serialVersionUID = 1L;

    private transient List<Long> open = new ArrayList<>();
    private transient TreeMap<Long, List<Long>> pending = new TreeMap<>();

    @Override
    public Integer map(TopicRecord record) {
      if (record.topic().equals("relook.replies")
          && MessageCodec.standard().decode(Topic.REPLIES, record.value())
              instanceof Decoded decoded
          && decoded.record() instanceof CommandReply reply) {
        open.add(reply.getCommandTimestamp().toEpochMilli());
      }
      return 0;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
      pending.put(context.getCheckpointId(), open);
      open = new ArrayList<>();
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
      open = new ArrayList<>();
      pending = new TreeMap<>();
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      long now = System.currentTimeMillis();
      var done = pending.headMap(checkpointId, true);
      done.values().forEach(sent -> sent.forEach(at -> WAITED_MILLIS.add(now - at)));
      done.clear();
    }
  }
}
