package io.relook.job.dataset;

import io.relook.job.domain.ImageChange;
import io.relook.job.state.StateAccess;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;

/** What is remembered of the current project's cuts, in Flink's keyed state. */
final class KeyedAlignmentState implements AlignmentState {
  private final ValueState<CutAlignment> alignment;
  private final KeyedBuffer buffer;
  private final MapState<String, Long> appliedCuts;
  private final ValueState<Incarnation> incarnation;

  KeyedAlignmentState(KeyedStates states) {
    alignment = states.value("alignment", CutAlignment.class);
    buffer =
        new KeyedBuffer(
            states.cells("waiting", Long.class, BufferedChange.class),
            states.value("queues", BufferQueues.class));
    appliedCuts = states.map("applied-cuts", String.class, Long.class);
    incarnation = states.value("incarnation", Incarnation.class);
  }

  /** Whether a cut is waited for. */
  boolean isAligning() {
    return StateAccess.read(alignment::value).isPresent();
  }

  /** Forgets which cuts were applied. */
  void forget() {
    appliedCuts.clear();
    incarnation.clear();
  }

  @Override
  public CutAlignment alignment() {
    return StateAccess.read(alignment::value).orElse(CutAlignment.NONE);
  }

  @Override
  public void put(CutAlignment now) {
    StateAccess.write(() -> alignment.update(now));
  }

  @Override
  public Set<Integer> bufferedPartitions() {
    return buffer.partitions();
  }

  @Override
  public Optional<BufferedChange> firstBuffered(int partition) {
    return buffer.first(partition);
  }

  @Override
  public void buffer(ImageChange change) {
    buffer.add(change);
  }

  @Override
  public void removeFirstBuffered(int partition) {
    buffer.removeFirst(partition);
  }

  @Override
  public void endAlignment() {
    alignment.clear();
  }

  @Override
  public boolean isApplied(String cutId) {
    return StateAccess.read(() -> appliedCuts.contains(cutId)).orElse(false);
  }

  @Override
  public Iterable<Map.Entry<String, Long>> appliedCuts() {
    return StateAccess.read(appliedCuts::entries).orElse(List.of());
  }

  @Override
  public void rememberApplied(String cutId, long timestamp) {
    StateAccess.write(() -> appliedCuts.put(cutId, timestamp));
  }

  @Override
  public void forgetApplied(String cutId) {
    StateAccess.write(() -> appliedCuts.remove(cutId));
  }

  @Override
  public Incarnation incarnation() {
    return StateAccess.read(incarnation::value).orElse(Incarnation.UNKNOWN);
  }

  @Override
  public void put(Incarnation now) {
    StateAccess.write(() -> incarnation.update(now));
  }
}
