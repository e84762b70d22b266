package io.relook.job.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.onnxruntime.OrtException;
import io.relook.job.kafka.TopicInstance;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.learning.onnx.OnnxFailedException;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which trainings are given up, and which a killer must not cost. */
class InFlightGuardTest {
  private static final String CUT = "relook.commands-0-7";
  private static final String KEY = "poison-trainings/train/" + CUT;
  private static final int MOST = 3;
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
  private static final String ENDED =
      "PROCESS_ENDED The process ended, or native code failed, 3 times in a row while it was trained";

  private final InMemoryObjectStore store = new InMemoryObjectStore("relook");
  private QuarantineSettings settings =
      new QuarantineSettings(new OwnBucket(store.factory(), "relook", null), 1, MOST);
  private Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);

  /** A process ends: what runs after this in a real one does not. */
  private static final class ProcessEnds extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void whatIsInWorkIsOnRecordUntilItIsDone() throws Exception {
    List<String> onRecord = new ArrayList<>();

    String done =
        inProcess("a")
            .run(
                CUT,
                "Training 3",
                "it was trained",
                ago -> {
                  onRecord.add(record());
                  return "trained";
                },
                InFlightGuardTest::givenUp);

    assertThat(done).isEqualTo("trained");
    assertThat(onRecord.get(0)).contains("\"Training 3\"", "\"a\"").contains("\"ended\":[]");
    assertThat(store.bucket("relook")).isEmpty();
  }

  @Test
  void aTrainingThatEndsEveryProcessIsGivenUpAndStaysSo() throws Exception {
    endIn("a");
    endIn("b");
    assertThat(trainIn("c-that-lives", ago -> "before the last")).isEqualTo("before the last");
    endIn("d");
    endIn("e");
    endIn("f");

    assertThat(trainIn("g", InFlightGuardTest::never)).isEqualTo(ENDED);
    assertThat(trainIn("h", InFlightGuardTest::never)).as("a replay").isEqualTo(ENDED);
  }

  /** The time limit counts from the first attempt, whatever ended it. */
  @Test
  void anAttemptLearnsWhenTheFirstOneBegan() throws Exception {
    Duration hour = Duration.ofHours(1);
    List<Duration> ago = new ArrayList<>();
    assertThatThrownBy(
            () ->
                trainIn(
                    "a",
                    begunAgo -> {
                      ago.add(begunAgo);
                      throw new IOException("the store is gone");
                    }))
        .isInstanceOf(IOException.class);
    clock = Clock.offset(clock, hour);
    endIn("b");
    clock = Clock.offset(clock, hour);
    trainIn(
        "c",
        begunAgo -> {
          ago.add(begunAgo);
          return "trained";
        });
    trainIn(
        "c",
        begunAgo -> {
          ago.add(begunAgo);
          return "once more, in a replay";
        });

    assertThat(ago).containsExactly(Duration.ZERO, hour.multipliedBy(2), Duration.ZERO);
  }

  @Test
  void anotherCutIsTriedAnew() throws Exception {
    endIn("a");
    endIn("b");
    endIn("c");

    String other =
        inProcess("d")
            .run("relook.commands-0-8", "", "", ago -> "trained", InFlightGuardTest::givenUp);

    assertThat(other).isEqualTo("trained");
  }

  @Test
  void aRestartForAnotherReasonClearsTheEndsBefore() throws Exception {
    endIn("a");
    endIn("b");
    assertThatThrownBy(
            () ->
                trainIn(
                    "c",
                    ago -> {
                      throw new IOException("the store is gone");
                    }))
        .hasMessage("the store is gone");
    assertThat(record()).contains("\"ended\":[]").doesNotContain("attempt");
    endIn("c");
    endIn("d");

    assertThat(trainIn("e", ago -> "trained")).isEqualTo("trained");
  }

  @Test
  void anInterruptedTrainingIsClearedToo() {
    assertThatThrownBy(
            () ->
                trainIn(
                    "a",
                    ago -> {
                      Thread.currentThread().interrupt();
                      throw new InterruptedException();
                    }))
        .isInstanceOf(InterruptedException.class);

    assertThat(Thread.interrupted()).as("and stays interrupted").isTrue();
    assertThat(record()).contains("\"ended\":[]").doesNotContain("attempt");
  }

  @Test
  void memoryThatRanOutCountsThoughTheProcessLives() throws Exception {
    countsAsAnEnd(new IOException("wrapped", new OutOfMemoryError()));
  }

  @Test
  void nativeCodeThatFailsCountsForAGpuMayBeLostForAWhile() throws Exception {
    countsAsAnEnd(new OnnxFailedException("CUDA failure 2", new OrtException("out of memory")));
  }

  private void countsAsAnEnd(Exception failure) throws Exception {
    for (int i = 0; i < MOST; i++) {
      assertThatThrownBy(
              () ->
                  trainIn(
                      "a",
                      ago -> {
                        throw failure;
                      }))
          .isSameAs(failure);
    }

    assertThat(trainIn("a", InFlightGuardTest::never)).isEqualTo(ENDED);
  }

  @Test
  void aDefectOfRelookGivesTheTrainingUpAtOnceAndLeavesNoRecord() throws Exception {
    InFlightGuard.Work<String> defect =
        ago -> {
          throw new IllegalStateException("-1 rows");
        };

    assertThat(trainIn("a", defect)).isEqualTo("DEFECT relook failed while it was trained");
    assertThat(store.bucket("relook")).isEmpty();
  }

  @Test
  void neitherTheWorldNorTheEndOfTheTaskIsADefect() {
    assertThatThrownBy(
            () ->
                trainIn(
                    "a",
                    ago -> {
                      throw new UncheckedIOException(new IOException("the store is gone"));
                    }))
        .isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(
            () ->
                trainIn(
                    "a",
                    ago -> {
                      Thread.currentThread().interrupt();
                      throw new IllegalStateException("closed");
                    }))
        .hasMessage("closed");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aProcessThatWasOnlyFrozenTakesItselfOffTheList() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch thawed = new CountDownLatch(1);
    CompletableFuture<String> frozen =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return trainIn(
                    "frozen",
                    ago -> {
                      begun.countDown();
                      thawed.await();
                      return "of nobody's interest";
                    });
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    begun.await();
    endIn("b");
    assertThat(record()).as("what b began with").contains("frozen");
    thawed.countDown();
    frozen.get(10, TimeUnit.SECONDS);

    assertThat(record()).contains("\"b\"").doesNotContain("frozen");
    endIn("c");
    endIn("d");
    assertThat(trainIn("e", InFlightGuardTest::never)).isEqualTo(ENDED);
  }

  @Test
  void whatIsUnderSuspicionRunsAloneAndTheRestSideBySide() throws Exception {
    ExclusiveTurns turns = new ExclusiveTurns();
    endIn("before");
    AtomicBoolean suspectRuns = new AtomicBoolean();
    AtomicReference<Thread> suspectThread = new AtomicReference<>();
    CompletableFuture<String> suspect;
    try (ExclusiveTurns.Turn first = turns.shared();
        ExclusiveTurns.Turn second = turns.shared()) {
      suspect =
          CompletableFuture.supplyAsync(
              () -> {
                suspectThread.set(Thread.currentThread());
                try {
                  return new InFlightGuard(settings, "train", Optional.of(turns), "now", clock)
                      .run(
                          CUT,
                          "",
                          "",
                          ago -> {
                            suspectRuns.set(true);
                            return "alone";
                          },
                          InFlightGuardTest::givenUp);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      // Everything before its turn is done in memory: it waits for nothing else.
      await().until(() -> waits(suspectThread.get()));
      assertThat(suspectRuns).as("others are at work").isFalse();
      assertThat(record()).as("it is not in flight yet").contains("before").doesNotContain("now");
    }
    assertThat(suspect.get(10, TimeUnit.SECONDS)).isEqualTo("alone");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // a folder of a console
        "null",
        "not JSON",
        "{}",
        "{\"ended\":[]}",
        "{\"attempt\":{\"number\":1},\"ended\":[]}",
        "{\"attempt\":{\"process\":\"a\",\"number\":1},\"ended\":[],\"unknown\":1}",
        "{\"attempt\":{\"process\":\"a\",\"number\":1},\"ended\":[],\"writtenAt\":\"noon\"}"
      })
  void whatIsNoMarkerIsReplaced(String written) throws Exception {
    put(written.getBytes(StandardCharsets.UTF_8));
    InFlightGuard guard = inProcess("a");

    assertThat(guard.run(CUT, "", "", ago -> "trained", InFlightGuardTest::givenUp))
        .isEqualTo("trained");
    assertThat(guard.ignored()).isEqualTo(1);
    assertThat(store.bucket("relook")).isEmpty();
  }

  @Test
  void whatIsTooLargeForAMarkerIsReplaced() throws Exception {
    put(new byte[1024 * 1024]);

    assertThat(trainIn("a", ago -> "trained")).isEqualTo("trained");
    assertThat(store.bucket("relook")).isEmpty();
  }

  @Test
  void aMarkerOfAnEarlierTopicSaysNothingAboutTheSameCutOfThisOne() throws Exception {
    topic("first", -1);
    endIn("a");
    endIn("b");
    endIn("c");
    assertThat(trainIn("d", InFlightGuardTest::never)).isEqualTo(ENDED);
    topic("second", -1);

    assertThat(trainIn("d", ago -> "trained")).isEqualTo("trained");
  }

  @Test
  void aMarkerCountsAsLongAsTheTopicKeepsTheCommand() throws Exception {
    topic("first", Duration.ofDays(30).toMillis());
    endIn("a");
    endIn("b");
    endIn("c");
    clock = Clock.fixed(NOON.plus(Duration.ofDays(30)), ZoneOffset.UTC);
    assertThat(trainIn("d", InFlightGuardTest::never)).isEqualTo(ENDED);
    clock = Clock.fixed(NOON.plus(Duration.ofDays(30)).plusMillis(1), ZoneOffset.UTC);

    assertThat(trainIn("d", ago -> "trained")).isEqualTo("trained");
  }

  @Test
  void aMarkerOfAnEarlierVersionCounts() throws Exception {
    topic("first", 1);
    put(
        """
        {"about":"Training 3","attempt":{"process":"c","number":3},
         "ended":[{"process":"a","number":1},{"process":"b","number":2}]}
        """
            .getBytes(StandardCharsets.UTF_8));

    assertThat(trainIn("d", InFlightGuardTest::never)).isEqualTo(ENDED);
  }

  private void topic(String id, long retentionMillis) {
    settings = settings.with(Map.of("relook.commands", new TopicInstance(id, retentionMillis)));
  }

  private void put(byte[] written) throws Exception {
    store.put(new S3Object("relook", KEY, null), written, "application/json", Optional.empty());
  }

  private static boolean waits(@Nullable Thread thread) {
    return thread != null && thread.getState() == Thread.State.WAITING;
  }

  private static String givenUp(String reason, String message) {
    return reason + " " + message.substring(0, message.indexOf(": "));
  }

  /** The record is left as it is during the work, as by the end of a process. */
  private void endIn(String process) throws Exception {
    List<byte[]> left = new ArrayList<>();
    assertThatThrownBy(
            () ->
                trainIn(
                    process,
                    ago -> {
                      left.add(store.kept("relook", KEY).bytes());
                      throw new ProcessEnds();
                    }))
        .isInstanceOf(ProcessEnds.class);
    store.put(new S3Object("relook", KEY, null), left.get(0), "application/json", Optional.empty());
  }

  private String trainIn(String process, InFlightGuard.Work<String> work) throws Exception {
    return inProcess(process)
        .run(CUT, "Training 3", "it was trained", work, InFlightGuardTest::givenUp);
  }

  private InFlightGuard inProcess(String process) {
    return new InFlightGuard(settings, "train", Optional.of(new ExclusiveTurns()), process, clock);
  }

  private String record() {
    return new String(store.kept("relook", KEY).bytes(), StandardCharsets.UTF_8);
  }

  private static String never(Duration begunAgo) {
    throw new AssertionError("It must not be tried again");
  }
}
