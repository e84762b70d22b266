package io.relook.chaos.guarantee;

import io.relook.chaos.guarantee.Observation.Open;
import java.util.ArrayList;
import java.util.List;

/**
 * After the jobs were stopped with savepoints no transaction is open and every record is readable.
 */
final class NoTransactionOpen implements Guarantee {
  private final List<String> open = new ArrayList<>();

  @Override
  public String sentence() {
    return "no transaction is left open";
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Open one) {
      open.add(one.what());
    }
  }

  @Override
  public List<String> violations() {
    return List.copyOf(open);
  }

  @Override
  public String checked() {
    return "transactions and ends of all topics";
  }
}
