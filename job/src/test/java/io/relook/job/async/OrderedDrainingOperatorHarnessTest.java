package io.relook.job.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class OrderedDrainingOperatorHarnessTest {
  private static final int THREADS = 40;
  private static final Set<Thread.State> WAITS =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

  private final ControlledStep step = new ControlledStep();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void emitsInTheOrderOfTheInputWhateverEndsFirst(long seed) throws Exception {
    List<Integer> evens = IntStream.range(0, 20).map(i -> 2 * i).boxed().toList();
    List<Integer> endings = new ArrayList<>(evens);
    Collections.shuffle(endings, new Random(seed));
    try (var harness = open(32)) {
      for (int element : evens) {
        harness.processElement(element, 1000L + element);
      }
      endings.forEach(step::end);
      harness.prepareSnapshotPreBarrier(1);

      assertThat(harness.extractOutputStreamRecords())
          .isEqualTo(evens.stream().map(i -> new StreamRecord<>(i.toString(), 1000L + i)).toList());
    }
  }

  @Test
  void elementsThatNeedNoWorkKeepTheirPlace() throws Exception {
    try (var harness = open(8)) {
      harness.processElement(record(2));
      harness.processElement(record(-4));
      assertThat(harness.extractOutputValues()).isEmpty();

      step.end(2);
      harness.prepareSnapshotPreBarrier(1);
      assertThat(harness.extractOutputValues()).containsExactly("2", "-4");

      harness.processElement(record(-6));
      assertThat(harness.extractOutputValues()).containsExactly("2", "-4", "-6");
      assertThat(step.started).containsExactly(2);
    }
  }

  @Test
  void sideOutputsKeepTheTimeOfTheirElement() throws Exception {
    try (var harness = open(8)) {
      step.end(3);
      harness.processElement(3, 77L);
      harness.prepareSnapshotPreBarrier(1);

      assertThat(harness.getSideOutput(ControlledStep.ODD))
          .containsExactly(new StreamRecord<>("3", 77L));
      assertThat(harness.extractOutputValues()).isEmpty();
    }
  }

  @Test
  void emitsWithoutFurtherInput() throws Exception {
    try (var harness = open(8)) {
      harness.processElement(record(2));
      step.end(2);
      harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();

      assertThat(harness.extractOutputValues()).containsExactly("2");
    }
  }

  @Test
  void everythingTakenInComesOutBeforeTheBarrier() throws Exception {
    try (var harness = open(8)) {
      harness.processElement(record(2));
      harness.processElement(record(4));
      AtomicBoolean passed = new AtomicBoolean();
      onceThisThreadWaitsOr(passed::get, () -> List.of(4, 2).forEach(step::end));
      harness.prepareSnapshotPreBarrier(1);
      List<String> emittedBefore = harness.extractOutputValues();
      passed.set(true);

      assertThat(emittedBefore).containsExactly("2", "4");
    }
  }

  @Test
  void keepsNoState() throws Exception {
    try (var harness = open(8)) {
      step.end(2);
      harness.processElement(record(2));
      harness.prepareSnapshotPreBarrier(1);

      assertThat(harness.snapshot(1, 1).hasState()).isFalse();
    }
  }

  @Test
  void everythingTakenInComesOutBeforeAWatermark() throws Exception {
    try (var harness = open(8)) {
      harness.processElement(record(2));
      AtomicBoolean passed = new AtomicBoolean();
      onceThisThreadWaitsOr(passed::get, () -> step.end(2));
      harness.processWatermark(5);
      passed.set(true);

      assertThat(harness.getOutput()).containsExactly(new StreamRecord<>("2"), new Watermark(5));
    }
  }

  @Test
  void everythingTakenInComesOutAtTheEnd() throws Exception {
    try (var harness = open(8)) {
      harness.processElement(record(2));
      harness.processElement(record(4));
      AtomicBoolean finished = new AtomicBoolean();
      onceThisThreadWaitsOr(finished::get, () -> List.of(4, 2).forEach(step::end));
      harness.getOneInputOperator().finish();
      finished.set(true);

      assertThat(harness.extractOutputValues()).containsExactly("2", "4");
    }
  }

  @Test
  void holdsNoMoreThanTheQueueTakes() throws Exception {
    try (var harness = open(2)) {
      harness.processElement(record(2));
      harness.processElement(record(4));
      await().until(() -> step.started.size() == 2);
      CompletableFuture<List<Integer>> startedWhenFull = new CompletableFuture<>();
      AtomicBoolean taken = new AtomicBoolean();
      onceThisThreadWaitsOr(
          taken::get,
          () -> {
            startedWhenFull.complete(List.copyOf(step.started));
            step.end(2);
          });
      harness.processElement(record(6));
      taken.set(true);

      assertThat(startedWhenFull.get()).containsExactlyInAnyOrder(2, 4);
      assertThat(harness.extractOutputValues()).containsExactly("2");
      step.end(4);
      step.end(6);
      harness.prepareSnapshotPreBarrier(1);
      assertThat(harness.extractOutputValues()).containsExactly("2", "4", "6");
    }
  }

  @Test
  void aFailedElementFailsTheTask() throws Exception {
    try (var harness = open(8)) {
      harness.processElement(record(2));
      harness.processElement(record(4));
      step.end(2);
      step.fail(4, new IllegalStateException("the store is down"));

      assertThatThrownBy(() -> harness.prepareSnapshotPreBarrier(1))
          .hasStackTraceContaining("the store is down");
      assertThat(harness.extractOutputValues()).containsExactly("2");
    }
  }

  @Test
  void closingInterruptsTheWorkAndThenClosesTheStep() throws Exception {
    var harness = open(8); // not closed: that would first finish what is in flight
    harness.processElement(record(2));
    await().until(() -> step.started.contains(2));

    harness.getOneInputOperator().close();

    assertThat(step.interrupted).containsExactly(2);
    assertThat(step.closed).isTrue();
  }

  @Test
  void anElementThatEndsAfterItsTaskIsForgotten() throws Exception {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
    try {
      var harness = open(8);
      harness.processElement(record(2));
      await().until(() -> step.started.contains(2));
      harness.getTaskMailbox().quiesce();
      step.end(2);
      harness.getOneInputOperator().close(); // waits for the threads
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(uncaught).isEmpty();
  }

  @Test
  void isChainedToItsSource() {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.fromSource(new NumberSequenceSource(1, 2), WatermarkStrategy.noWatermarks(), "source")
        .map(Long::intValue)
        .transform(
            "extract",
            Types.STRING,
            new OrderedDrainingOperatorFactory<>(step.factory(), THREADS, 8))
        .sinkTo(new DiscardingSink<>());

    assertThat(env.getStreamGraph().getJobGraph().getNumberOfVertices()).isEqualTo(1);
  }

  @Test
  void refusesAQueueThatABarrierWouldWaitTooLongFor() {
    assertThatThrownBy(() -> new OrderedDrainingOperatorFactory<>(step.factory(), 1, 33))
        .hasMessage("The queue holds 1 to 32 elements, not 33");
  }

  private OneInputStreamOperatorTestHarness<Integer, String> open(int queue) throws Exception {
    var harness =
        new OneInputStreamOperatorTestHarness<>(
            new OrderedDrainingOperatorFactory<>(step.factory(), THREADS, queue));
    harness.setup(Types.STRING.createSerializer(new SerializerConfigImpl()));
    harness.open();
    return harness;
  }

  private static StreamRecord<Integer> record(int element) {
    return new StreamRecord<>(element);
  }

  /** Acts when the test's own thread waits, or has already gone on because it did not wait. */
  private static void onceThisThreadWaitsOr(BooleanSupplier goneOn, Runnable action) {
    Thread task = Thread.currentThread();
    Thread other =
        new Thread(
            () -> {
              await().until(() -> goneOn.getAsBoolean() || WAITS.contains(task.getState()));
              action.run();
            });
    other.setDaemon(true);
    other.start();
  }
}
