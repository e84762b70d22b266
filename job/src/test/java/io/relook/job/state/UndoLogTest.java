package io.relook.job.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

class UndoLogTest {
  private final UndoLog log = new UndoLog();
  private final List<String> undone = new ArrayList<>();

  @Test
  void theLastWriteIsTakenBackFirst() {
    assertThatThrownBy(
            () ->
                log.run(
                    () -> {
                      log.record(() -> undone.add("first"));
                      log.record(() -> undone.add("second"));
                      throw new IllegalStateException("a defect");
                    }))
        .isInstanceOfSatisfying(
            RolledBackException.class, e -> assertThat(e.defect()).hasMessage("a defect"));

    assertThat(undone).containsExactly("second", "first");
  }

  @Test
  void aDecisionThatSucceedsKeepsItsWrites() throws Exception {
    String decided =
        log.run(
            () -> {
              log.record(() -> undone.add("first"));
              return "decided";
            });

    assertThat(decided).isEqualTo("decided");
    assertThatThrownBy(() -> log.run(UndoLogTest::fail)).isInstanceOf(RolledBackException.class);
    assertThat(undone).as("the next one has nothing to take back").isEmpty();
  }

  @Test
  void whatIsWrittenOutsideADecisionIsNotTakenBack() {
    log.record(() -> undone.add("outside"));

    assertThatThrownBy(() -> log.run(UndoLogTest::fail)).isInstanceOf(RolledBackException.class);
    assertThat(undone).isEmpty();
  }

  @Test
  void nestingTooDeepIsADefectOfTheDecision() {
    assertThatThrownBy(() -> log.run(UndoLogTest::deeper))
        .isInstanceOfSatisfying(
            RolledBackException.class,
            e -> assertThat(e.defect()).isInstanceOf(StackOverflowError.class));
  }

  @Test
  void aFailureOfTheStateFailsTheTask() {
    assertThatThrownBy(
            () ->
                log.run(
                    () ->
                        StateAccess.read(
                            () -> {
                              throw new IOException("the disk is gone");
                            })))
        .isInstanceOf(StateUnavailableException.class);
  }

  @Test
  void memoryThatRanOutFailsTheTask() {
    assertThatThrownBy(
            () ->
                log.run(
                    () -> {
                      throw new OutOfMemoryError("for a test");
                    }))
        .isInstanceOf(OutOfMemoryError.class);
  }

  /** Random writes, of which every second decision fails, beside maps that never see those. */
  @Test
  void stateIsAsIfDecisionsThatFailHadNeverBegun() throws Exception {
    try (var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new RandomWrites()), seed -> "key", Types.STRING)) {
      harness.open();
      for (long seed = 0; seed < 200; seed++) {
        harness.processElement(new StreamRecord<>(seed));
      }
      assertThat(harness.extractOutputValues()).hasSize(200).allMatch(String::isEmpty);
    }
  }

  /** Says for each seed how the state differs from the model; nothing when it does not. */
  private static final class RandomWrites extends KeyedProcessFunction<String, Long, String> {
    private static final long serialVersionUID = 1L;

    private transient UndoLog log;
    private transient MapState<String, Integer> map;
    private transient ValueState<Integer> value;
    private transient Map<String, Integer> modelMap;
    private transient List<Integer> modelValue;

    @Override
    public void open(OpenContext context) {
      log = new UndoLog();
      map =
          new UndoableMapState<>(
              getRuntimeContext()
                  .getMapState(new MapStateDescriptor<>("map", String.class, Integer.class)),
              log);
      value =
          new UndoableValueState<>(
              getRuntimeContext().getState(new ValueStateDescriptor<>("value", Integer.class)),
              log);
      modelMap = new HashMap<>();
      modelValue = List.of();
    }

    @Override
    public void processElement(Long seed, Context context, Collector<String> out) throws Exception {
      boolean fails = seed % 2 == 1;
      Map<String, Integer> decidedMap = new HashMap<>(modelMap);
      List<Integer> decidedValue = new ArrayList<>(modelValue);
      try {
        log.run(
            () -> {
              write(new Random(seed), decidedMap, decidedValue);
              return fails ? fail() : "";
            });
      } catch (RolledBackException e) {
        assertThat(fails).isTrue();
      }
      if (!fails) {
        modelMap = decidedMap;
        modelValue = decidedValue;
      }
      Map<String, Integer> found = new HashMap<>();
      map.entries().forEach(entry -> found.put(entry.getKey(), entry.getValue()));
      List<Integer> present = value.value() == null ? List.of() : List.of(value.value());
      out.collect(
          found.equals(modelMap) && present.equals(modelValue)
              ? ""
              : "seed " + seed + ": " + found + present + " not " + modelMap + modelValue);
    }

    private void write(Random random, Map<String, Integer> ofMap, List<Integer> ofValue) {
      for (int i = 0; i < 20; i++) {
        String key = "key-" + random.nextInt(8);
        int number = random.nextInt();
        StateAccess.write(
            () -> {
              switch (random.nextInt(12)) {
                case 0 -> {
                  map.clear();
                  ofMap.clear();
                }
                case 1 -> {
                  map.putAll(Map.of(key, number, "other", number));
                  ofMap.putAll(Map.of(key, number, "other", number));
                }
                case 2, 3, 4 -> {
                  map.remove(key);
                  ofMap.remove(key);
                }
                case 5 -> {
                  value.clear();
                  ofValue.clear();
                }
                case 6, 7 -> {
                  value.update(number);
                  ofValue.clear();
                  ofValue.add(number);
                }
                default -> {
                  map.put(key, number);
                  ofMap.put(key, number);
                }
              }
            });
      }
    }
  }

  private static String fail() {
    throw new IllegalStateException("a defect");
  }

  @SuppressWarnings("InfiniteRecursion") // that is the point
  private static String deeper() {
    return deeper() + "";
  }
}
