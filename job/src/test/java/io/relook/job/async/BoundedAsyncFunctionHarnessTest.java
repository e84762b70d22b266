package io.relook.job.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.relook.job.contract.Contract;
import io.relook.job.log.LogContext;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.AsyncDataStream.OutputMode;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class BoundedAsyncFunctionHarnessTest {

  @Test
  @Contract("LIMIT-TIME")
  void whatTakesTooLongIsInterruptedAndMakesRoomForTheNext() throws Exception {
    Work work = new Work(Duration.ofMillis(200));
    try (var harness = open(work)) {
      harness.processElement(new StreamRecord<>("endless"));
      harness.processElement(new StreamRecord<>("quick"));
      awaitOutputs(harness, 2);

      assertThat(harness.extractOutputValues()).containsExactly("endless ran out", "quick done");
      await().until(() -> work.interrupted.contains("endless"));
    }
  }

  @Test
  void whatWaitsInLineHasNoLimit() throws Exception {
    Work work = new Work(Duration.ofHours(1));
    try (var harness = open(work)) {
      harness.setProcessingTime(0);
      harness.processElement(new StreamRecord<>("held"));
      harness.processElement(new StreamRecord<>("waits in line"));
      await().until(() -> work.started.contains("held"));
      harness.setProcessingTime(Duration.ofDays(2).toMillis());
      work.release.countDown();
      awaitOutputs(harness, 2);

      assertThat(harness.extractOutputValues()).containsExactly("held done", "waits in line done");
    }
  }

  /** After restarts the limit counts from the first attempt. */
  @Test
  void whatBeganLongAgoRunsOutAtOnce() throws Exception {
    Work work = new Work(Duration.ofHours(24));
    try (var harness = open(work)) {
      harness.processElement(new StreamRecord<>("endless, began a day ago"));
      awaitOutputs(harness, 1);

      assertThat(harness.extractOutputValues()).containsExactly("endless, began a day ago ran out");
    }
  }

  @Test
  void noMoreRunAtOnceThanThereAreThreads() throws Exception {
    Work work = new Work(Duration.ofHours(1));
    try (var harness = open(work)) {
      harness.processElement(new StreamRecord<>("held 1"));
      harness.processElement(new StreamRecord<>("held 2"));
      await().until(() -> work.started.contains("held 1"));
      assertThat(work.started).containsExactly("held 1");
      work.release.countDown();
      awaitOutputs(harness, 2);

      assertThat(work.mostAtOnce.get()).isEqualTo(1);
    }
  }

  private static OneInputStreamOperatorTestHarness<String, String> open(Work work)
      throws Exception {
    var harness =
        new OneInputStreamOperatorTestHarness<String, String>(
            new AsyncWaitOperatorFactory<>(
                new TestFunction(work.id, work.limit), 0, 10, OutputMode.UNORDERED),
            Types.STRING.createSerializer(new SerializerConfigImpl()));
    harness.setup(Types.STRING.createSerializer(new SerializerConfigImpl()));
    harness.open();
    return harness;
  }

  private static void awaitOutputs(
      OneInputStreamOperatorTestHarness<String, String> harness, int count) throws Exception {
    while (harness.extractOutputValues().size() < count) {
      harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
    }
  }

  private static final class Work {
    static final Map<Integer, Work> ALL = new ConcurrentHashMap<>();
    static final AtomicInteger NEXT = new AtomicInteger();

    final int id = NEXT.incrementAndGet();
    final Queue<String> started = new ConcurrentLinkedQueue<>();
    final Queue<String> interrupted = new ConcurrentLinkedQueue<>();
    final CountDownLatch never = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger mostAtOnce = new AtomicInteger();

    private final Duration limit;

    Work(Duration limit) {
      this.limit = limit;
      ALL.put(id, this);
    }
  }

  private static final class TestFunction extends BoundedAsyncFunction<String, String> {
    private static final long serialVersionUID = 1L;

    private final int id;

    TestFunction(int id, Duration limit) {
      super(1, "test", limit);
      this.id = id;
    }

    @Override
    protected void openResources() {}

    @Override
    protected void closeResources() {}

    @Override
    protected String work(String element) throws Exception {
      Work work = Objects.requireNonNull(Work.ALL.get(id));
      work.started.add(element);
      work.mostAtOnce.accumulateAndGet(work.running.incrementAndGet(), Math::max);
      if (element.endsWith("began a day ago")) {
        began(element, Duration.ofDays(1));
      }
      try {
        if (element.startsWith("endless")) {
          work.never.await();
        }
        if (element.startsWith("held")) {
          work.release.await();
        }
        return element + " done";
      } catch (InterruptedException e) {
        work.interrupted.add(element);
        throw e;
      } finally {
        work.running.decrementAndGet();
      }
    }

    @Override
    protected LogContext logContext(String element) {
      return LogContext.project("", element);
    }

    @Override
    protected String timedOut(String element) {
      return element + " ran out";
    }
  }
}
