package io.relook.job.dataset;

import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RetryRequest;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.schemas.Topic;
import io.relook.wire.S3Object;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/** {@link DatasetFunction} in Flink's own operator, in one or more subtasks. */
final class DatasetHarness implements AutoCloseable {
  private static final int MAX_PARALLELISM = 16;
  private static final List<String> STATES =
      List.of(
          "entries",
          "unavailable",
          "splits",
          "counts",
          "alignment",
          "buffered",
          "waiting",
          "queues",
          "time-nodes",
          "time-heads",
          "time-links",
          "pictures",
          "references",
          "indexed",
          "applied-cuts",
          "incarnation",
          "outputs",
          "offsets",
          "changed",
          "deletions",
          "unreferenced",
          "trash",
          "forget-at");

  static final OutputTag<TopicRecord> RECORDS =
      new OutputTag<>("announced", TypeInformation.of(TopicRecord.class));
  static final OutputTag<ImportRequest> IMPORTS =
      new OutputTag<>("imports", TypeInformation.of(ImportRequest.class));
  static final OutputTag<RetryRequest> RETRIES =
      new OutputTag<>("retries", TypeInformation.of(RetryRequest.class));
  static final OutputTag<RejectedMessage> REJECTED =
      new OutputTag<>("refused", TypeInformation.of(RejectedMessage.class));

  private final List<KeyedOneInputStreamOperatorTestHarness<String, ImageChange, DatasetOutput>>
      subtasks = new ArrayList<>();

  private DatasetHarness() {}

  static DatasetHarness open(DatasetSettings.Window window, boolean minimums) throws Exception {
    return open(window, minimums, 1, null);
  }

  /** Opens subtasks on the state of others, however many those were. */
  static DatasetHarness open(
      DatasetSettings.Window window, boolean minimums, int parallelism, @Nullable Snapshot snapshot)
      throws Exception {
    return open(window, minimums, parallelism, snapshot, null);
  }

  /** The same beside a quarantine. */
  static DatasetHarness open(
      DatasetSettings.Window window,
      boolean minimums,
      int parallelism,
      @Nullable Snapshot snapshot,
      @Nullable QuarantineSettings quarantine)
      throws Exception {
    return open(
        DatasetFixtures.settings(window, minimums), parallelism, snapshot, quarantine, null);
  }

  /** With state in RocksDB. */
  static DatasetHarness openOnRocksDb(DatasetSettings settings, int parallelism) throws Exception {
    EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend();
    // The test environment has three MiB of managed memory.
    backend.getMemoryConfiguration().setFixedMemoryPerSlot("256mb");
    return open(settings, parallelism, null, null, backend);
  }

  static DatasetHarness open(DatasetSettings settings, int parallelism) throws Exception {
    return open(settings, parallelism, null, null, null);
  }

  private static DatasetHarness open(
      DatasetSettings settings,
      int parallelism,
      @Nullable Snapshot snapshot,
      @Nullable QuarantineSettings quarantine,
      @Nullable StateBackend backend)
      throws Exception {
    DatasetHarness harness = new DatasetHarness();
    for (int subtask = 0; subtask < parallelism; subtask++) {
      var opened =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new KeyedProcessOperator<>(
                  new DatasetFunction(
                      settings,
                      null,
                      quarantine,
                      new TopicRecords("relook.", "relook."),
                      new DatasetFunction.Tags(RECORDS, IMPORTS, RETRIES, REJECTED))),
              ImageChange::datasetKey,
              Types.STRING,
              MAX_PARALLELISM,
              parallelism,
              subtask);
      if (backend != null) {
        opened.setStateBackend(backend);
        opened.setCheckpointStorage(new JobManagerCheckpointStorage(Integer.MAX_VALUE));
      }
      opened.setup(
          TypeInformation.of(DatasetOutput.class)
              .createSerializer(opened.getExecutionConfig().getSerializerConfig()));
      if (snapshot != null) {
        opened.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                snapshot.state(), MAX_PARALLELISM, snapshot.parallelism(), parallelism, subtask));
      }
      opened.open();
      harness.subtasks.add(opened);
    }
    return harness;
  }

  /** The state of all subtasks. */
  record Snapshot(OperatorSubtaskState state, int parallelism) {}

  Snapshot snapshot(long checkpoint) throws Exception {
    OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
    for (int i = 0; i < states.length; i++) {
      states[i] = subtasks.get(i).snapshot(checkpoint, checkpoint);
    }
    return new Snapshot(AbstractStreamOperatorTestHarness.repackageState(states), subtasks.size());
  }

  DatasetHarness send(ImageChange... changes) throws Exception {
    for (ImageChange change : changes) {
      of(change.datasetKey()).processElement(new StreamRecord<>(change));
    }
    return this;
  }

  void letTimePass(long millis) throws Exception {
    for (var subtask : subtasks) {
      subtask.setProcessingTime(subtask.getProcessingTime() + millis);
    }
  }

  List<TrainingOrder> trainings() {
    return orders().stream().flatMap(order -> Stream.ofNullable(order.training())).toList();
  }

  List<ObjectRemoval> removals() {
    return orders().stream().flatMap(order -> Stream.ofNullable(order.removal())).toList();
  }

  /** Keys of the objects that a step was asked for, in order. */
  List<String> objects(ObjectRemoval.Step step) {
    return removals().stream()
        .filter(removal -> removal.step() == step)
        .flatMap(removal -> removal.objects().stream())
        .map(S3Object::getKey)
        .toList();
  }

  List<ImportRequest> imports() {
    return side(IMPORTS);
  }

  List<DatasetOutput> orders() {
    return subtasks.stream().flatMap(subtask -> subtask.extractOutputValues().stream()).toList();
  }

  List<TopicRecord> announced() {
    return side(RECORDS);
  }

  /** What was announced on one topic. */
  List<TopicRecord> announced(Topic topic) {
    return announced().stream().filter(r -> r.topic().equals(topic.name("relook."))).toList();
  }

  List<RejectedMessage> rejected() {
    return side(REJECTED);
  }

  List<RetryRequest> retries() {
    return side(RETRIES);
  }

  private <T> List<T> side(OutputTag<T> tag) {
    List<T> values = new ArrayList<>();
    for (var subtask : subtasks) {
      Queue<StreamRecord<T>> output = subtask.getSideOutput(tag);
      if (output != null) {
        output.forEach(element -> values.add(element.getValue()));
      }
    }
    return values;
  }

  int timers() {
    return subtasks.stream().mapToInt(subtask -> subtask.numProcessingTimeTimers()).sum();
  }

  /** Names of the states that hold something for a key. */
  Set<String> left(String key) {
    KeyedStateBackend<String> backend = of(key).getOperator().getKeyedStateBackend();
    Set<String> left = new TreeSet<>();
    for (String state : STATES) {
      try (Stream<String> keys = backend.getKeys(state, VoidNamespace.INSTANCE)) {
        if (keys.anyMatch(key::equals)) {
          left.add(state);
        }
      }
    }
    return left;
  }

  /** Cuts that a key remembers as applied. */
  int cutsRemembered(String key) throws Exception {
    KeyedStateBackend<String> backend = of(key).getOperator().getKeyedStateBackend();
    backend.setCurrentKey(key);
    MapState<String, Long> cuts =
        backend.getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new MapStateDescriptor<>("applied-cuts", String.class, Long.class));
    int count = 0;
    for (String ignored : cuts.keys()) {
      count++;
    }
    return count;
  }

  /** Takes the objects without references out of the state, but not out of its index. */
  Map<String, DueErasure> takeUnreferenced(String key) throws Exception {
    MapState<String, DueErasure> state = unreferenced(key);
    Map<String, DueErasure> taken = new HashMap<>();
    for (Map.Entry<String, DueErasure> entry : state.entries()) {
      taken.put(entry.getKey(), entry.getValue());
    }
    state.clear();
    return taken;
  }

  void putUnreferenced(String key, Map<String, DueErasure> objects) throws Exception {
    unreferenced(key).putAll(objects);
  }

  private MapState<String, DueErasure> unreferenced(String key) throws Exception {
    KeyedStateBackend<String> backend = of(key).getOperator().getKeyedStateBackend();
    backend.setCurrentKey(key);
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        new MapStateDescriptor<>("unreferenced", String.class, DueErasure.class));
  }

  private KeyedOneInputStreamOperatorTestHarness<String, ImageChange, DatasetOutput> of(
      String key) {
    return subtasks.get(
        KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, subtasks.size()));
  }

  @Override
  public void close() throws Exception {
    for (var subtask : subtasks) {
      subtask.close();
    }
  }
}
