package io.relook.job.reference;

import io.relook.job.dataset.DatasetFunction;
import io.relook.job.dataset.DatasetSettings;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RetryRequest;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.registry.RegistryFunction;
import io.relook.job.registry.RegistryOptions;
import io.relook.job.registry.RegistrySettings;
import io.relook.job.signing.TestMarkerKeys;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.schemas.access.AccessControl;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.TrainingOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * The real registry and data set in Flink's harness, wired as the log wires them: cut markers go
 * into the partitions of images, outcomes go back. Everything is delivered before a call returns,
 * partitions in random order; trainings and imports end when the test says so.
 */
final class ProductUnderTest implements AutoCloseable {
  static final String ACCOUNT = "123456789012";
  private static final int PARTITIONS = 2;
  private static final MessageCodec CODEC = MessageCodec.standard();
  private static final OutputTag<TopicRecord> RECORDS =
      new OutputTag<>("announced", TypeInformation.of(TopicRecord.class));
  private static final OutputTag<ImportRequest> IMPORTS =
      new OutputTag<>("imports", TypeInformation.of(ImportRequest.class));
  private static final OutputTag<RetryRequest> RETRIES =
      new OutputTag<>("retries", TypeInformation.of(RetryRequest.class));
  private static final OutputTag<RejectedMessage> REJECTED =
      new OutputTag<>("refused", TypeInformation.of(RejectedMessage.class));
  private static final TopicRecords TOPICS = new TopicRecords("relook.", "relook.");

  private final SplittableRandom random;
  private final List<Deque<ImageChange>> partitions = new ArrayList<>();
  private final long[] offsets = new long[PARTITIONS];
  private long commandOffset;
  private long outcomeOffset;

  private KeyedOneInputStreamOperatorTestHarness<String, RegistryInput, TopicRecord> registry;
  private KeyedOneInputStreamOperatorTestHarness<String, ImageChange, DatasetOutput> dataset;
  private int registryRead;
  private int ordersRead;
  private int announcedRead;
  private int importsRead;

  /** Latest record of each key of the compacted topics. */
  final Map<String, SpecificRecord> latest = new LinkedHashMap<>();

  final List<CommandReply> replies = new ArrayList<>();
  final List<TrainingOrder> trainings = new ArrayList<>();
  final List<ImportRequest> imports = new ArrayList<>();

  private @Nullable OperatorSubtaskState registrySnapshot;
  private @Nullable OperatorSubtaskState datasetSnapshot;
  private final List<Object> inputsSince = new ArrayList<>();
  private final List<String> outputsSince = new ArrayList<>();
  private long time;

  ProductUnderTest(SplittableRandom random, Instant start) throws Exception {
    this.random = random;
    this.time = start.toEpochMilli();
    for (int i = 0; i < PARTITIONS; i++) {
      partitions.add(new ArrayDeque<>());
    }
    registry = registry(null);
    dataset = dataset(null);
  }

  private KeyedOneInputStreamOperatorTestHarness<String, RegistryInput, TopicRecord> registry(
      @Nullable OperatorSubtaskState state) throws Exception {
    var opened =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(
                new RegistryFunction(
                    new RegistrySettings(
                        "us-east-1",
                        PARTITIONS,
                        new RegistryOptions.Quotas(2, 5),
                        AccessControl.withoutPolicy("relook"),
                        Duration.ofDays(2),
                        Duration.ofMinutes(30)),
                    TestMarkerKeys.signing(),
                    TOPICS,
                    REJECTED)),
            RegistryInput::account,
            Types.STRING);
    opened.setup();
    if (state != null) {
      opened.initializeState(state);
    }
    opened.open();
    opened.setProcessingTime(time);
    return opened;
  }

  private KeyedOneInputStreamOperatorTestHarness<String, ImageChange, DatasetOutput> dataset(
      @Nullable OperatorSubtaskState state) throws Exception {
    var opened =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(
                new DatasetFunction(
                    new DatasetSettings(
                        new DatasetSettings.Window(1_000, 1_000, Long.MAX_VALUE),
                        false,
                        false,
                        new DatasetSettings.Quotas(100, 1_000, 1_000),
                        "us-east-1",
                        "relook",
                        49L * 3_600_000),
                    null,
                    null,
                    TOPICS,
                    new DatasetFunction.Tags(RECORDS, IMPORTS, RETRIES, REJECTED))),
            ImageChange::datasetKey,
            Types.STRING);
    opened.setup(
        TypeInformation.of(DatasetOutput.class)
            .createSerializer(opened.getExecutionConfig().getSerializerConfig()));
    if (state != null) {
      opened.initializeState(state);
    }
    opened.open();
    opened.setProcessingTime(time);
    return opened;
  }

  void letTimePass(long millis) throws Exception {
    time += millis;
    registry.setProcessingTime(time);
    dataset.setProcessingTime(time);
    collect();
  }

  CommandReply send(Object body) throws Exception {
    KafkaRecord origin = record("relook.commands", 0, commandOffset++);
    Command command =
        Command.newBuilder()
            .setAccount(ACCOUNT)
            .setRequestedAt(Instant.ofEpochMilli(time))
            .setBody(body)
            .build();
    int before = replies.size();
    feed(RegistryInput.of(origin, command));
    deliver();
    return replies.get(before);
  }

  /** Sends an image, or without a label a withdrawal, into some partition. */
  void image(String project, String sourceRef, DatasetType type, @Nullable Label label)
      throws Exception {
    int partition = random.nextInt(PARTITIONS);
    KafkaRecord origin = record("relook.images", partition, offsets[partition]++);
    partitions
        .get(partition)
        .add(
            new ImageChange(
                ACCOUNT,
                project,
                origin,
                sourceRef,
                label == null
                    ? null
                    : new Annotation(label, null, type, "anomaly-label", true, null, null),
                label == null
                    ? null
                    : new StoredPicture(
                        "digest of " + sourceRef,
                        "relook",
                        "pictures/" + sourceRef,
                        64,
                        64,
                        "features/" + sourceRef),
                null,
                null));
    deliver();
  }

  void end(TrainingOutcome outcome) throws Exception {
    feed(RegistryInput.of(record("relook.outcomes", 0, outcomeOffset++), outcome));
    deliver();
  }

  void end(DatasetOutcome outcome) throws Exception {
    feed(RegistryInput.of(record("relook.outcomes", 0, outcomeOffset++), outcome));
    deliver();
  }

  /** A checkpoint of both operators. */
  void checkpoint(long id) throws Exception {
    registrySnapshot = registry.snapshot(id, time);
    datasetSnapshot = dataset.snapshot(id, time);
    inputsSince.clear();
    outputsSince.clear();
  }

  /**
   * A crash: back to the checkpoint, and everything since is read again. What comes out must be
   * what came out before.
   */
  void crash() throws Exception {
    registry.close();
    dataset.close();
    registry = registry(registrySnapshot);
    dataset = dataset(datasetSnapshot);
    registryRead = 0;
    ordersRead = 0;
    announcedRead = 0;
    importsRead = 0;
    List<Object> again = List.copyOf(inputsSince);
    List<String> before = List.copyOf(outputsSince);
    Map<String, SpecificRecord> latestBefore = new LinkedHashMap<>(latest);
    int repliesBefore = replies.size();
    int trainingsBefore = trainings.size();
    int importsBefore = imports.size();
    inputsSince.clear();
    outputsSince.clear();
    List<Deque<ImageChange>> held = new ArrayList<>();
    partitions.forEach(partition -> held.add(new ArrayDeque<>(partition)));
    for (Object input : again) {
      feed(input);
    }
    if (!outputsSince.equals(before)) {
      throw new AssertionError(
          "After a crash came\n" + outputsSince + "\nand before it\n" + before);
    }
    // What came out again was aborted the first time: nobody has seen it twice.
    for (int i = 0; i < PARTITIONS; i++) {
      partitions.set(i, held.get(i));
    }
    latest.clear();
    latest.putAll(latestBefore);
    replies.subList(repliesBefore, replies.size()).clear();
    trainings.subList(trainingsBefore, trainings.size()).clear();
    imports.subList(importsBefore, imports.size()).clear();
    registry.setProcessingTime(time);
    dataset.setProcessingTime(time);
    collectEvents();
  }

  private KafkaRecord record(String topic, int partition, long offset) {
    return new KafkaRecord(topic, partition, offset, time, null, null);
  }

  private void deliver() throws Exception {
    while (true) {
      List<Deque<ImageChange>> waiting =
          partitions.stream().filter(partition -> !partition.isEmpty()).toList();
      if (waiting.isEmpty()) {
        return;
      }
      feed(waiting.get(random.nextInt(waiting.size())).remove());
    }
  }

  /** Processes what a crash makes be read again; what comes of it comes again by itself. */
  private void feed(Object input) throws Exception {
    inputsSince.add(input);
    process(input);
  }

  private void process(Object input) throws Exception {
    if (input instanceof RegistryInput command) {
      registry.processElement(new StreamRecord<>(command));
    } else {
      dataset.processElement(new StreamRecord<>((ImageChange) input));
    }
    collect();
  }

  private void collect() throws Exception {
    List<TopicRecord> said = registry.extractOutputValues();
    for (; registryRead < said.size(); registryRead++) {
      said(said.get(registryRead), true);
    }
    List<DatasetOutput> orders = dataset.extractOutputValues();
    for (; ordersRead < orders.size(); ordersRead++) {
      TrainingOrder training = orders.get(ordersRead).training();
      if (training != null) {
        outputsSince.add("training " + training);
        trainings.add(training);
      }
    }
    List<ImportRequest> asked = side(IMPORTS);
    for (; importsRead < asked.size(); importsRead++) {
      outputsSince.add("import " + asked.get(importsRead));
      imports.add(asked.get(importsRead));
    }
    collectEvents();
  }

  /** Events of data sets are gathered by timers: how many there are depends on the clock. */
  private void collectEvents() throws Exception {
    List<TopicRecord> announced = side(RECORDS);
    while (announcedRead < announced.size()) {
      said(announced.get(announcedRead++), false);
    }
  }

  private <T> List<T> side(OutputTag<T> tag) {
    Queue<StreamRecord<T>> output = dataset.getSideOutput(tag);
    return output == null ? List.of() : output.stream().map(StreamRecord::getValue).toList();
  }

  private void said(TopicRecord record, boolean byRegistry) throws Exception {
    if (byRegistry) {
      outputsSince.add(record.topic() + " " + Arrays.hashCode(record.value()));
    }
    String key = new String(record.key(), StandardCharsets.UTF_8);
    byte[] value = record.value();
    if (value == null) {
      latest.remove(key);
      return;
    }
    Topic topic = Topic.find("relook.", record.topic()).orElseThrow();
    SpecificRecord message = ((Decoded) CODEC.decode(topic, value)).record();
    if (message instanceof CommandReply reply) {
      replies.add(reply);
    } else if (message instanceof CutMarker cut) {
      int partition = cut.getPartition();
      partitions
          .get(partition)
          .add(
              new ImageChange(
                  ACCOUNT,
                  cut.getProject(),
                  record("relook.images", partition, offsets[partition]++),
                  "",
                  null,
                  null,
                  null,
                  cut));
    } else if (message instanceof TrainingOutcome outcome) {
      process(RegistryInput.of(record("relook.outcomes", 0, outcomeOffset++), outcome));
    } else if (message instanceof DatasetOutcome outcome) {
      process(RegistryInput.of(record("relook.outcomes", 0, outcomeOffset++), outcome));
    } else {
      latest.put(key, message);
    }
  }

  @Override
  public void close() throws Exception {
    registry.close();
    dataset.close();
  }
}
