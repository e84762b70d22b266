package io.relook.chaos.guarantee;

import io.relook.chaos.guarantee.Observation.Open;
import java.util.ArrayList;
import java.util.List;

/**
 * When the jobs have been stopped in good order, no transaction is open and no reader held back.
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
