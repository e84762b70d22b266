package io.relook.job.options;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/**
 * Reads options and collects a sentence for each problem, so that one start of the job reports all
 * problems. Each stage reads its own options; {@link #finish} fails when there is a problem.
 */
public final class OptionReader {
  private final Configuration options;
  private final List<String> problems = new ArrayList<>();

  private OptionReader(Configuration options) {
    this.options = options;
  }

  /**
   * A reader of these options.
   *
   * @param known every option of the job
   * @param secret a map option: its keys go on with a dot and a name, and no message shows its
   *     values
   * @throws IllegalArgumentException with every unknown key and every value that cannot be read
   */
  public static OptionReader of(
      Map<String, String> given,
      List<ConfigOption<?>> known,
      ConfigOption<Map<String, String>> secret) {
    OptionReader reader = new OptionReader(Configuration.fromMap(given));
    Set<String> unknown = new TreeSet<>(given.keySet());
    known.forEach(option -> unknown.remove(option.key()));
    unknown.removeIf(key -> key.startsWith(secret.key() + "."));
    if (!unknown.isEmpty()) {
      reader.problem(
          "Unknown options "
              + String.join(", ", unknown)
              + ": docs/reference/options.md lists all options.");
    }
    for (ConfigOption<?> option : known) {
      try {
        reader.options.getOptional(option);
      } catch (IllegalArgumentException e) {
        reader.problem(
            "The value of "
                + option.key()
                + " cannot be read"
                + (option.equals(secret)
                    ? ": write " + secret.key() + ".NAME=VALUE."
                    : ": " + given.get(option.key()) + ". " + e.getMessage()));
      }
    }
    reader.finish();
    return reader;
  }

  /** The value, or the option's default. */
  public <T> T get(ConfigOption<T> option) {
    return options.get(option);
  }

  /** The value, if one is given. */
  public <T> Optional<T> find(ConfigOption<T> option) {
    return options.getOptional(option);
  }

  /**
   * The value of an option without a default.
   *
   * @param sentence the problem when the option is not given; the result is then an empty text
   */
  public String required(ConfigOption<String> option, String sentence) {
    Optional<String> value = find(option);
    require(value.isPresent(), sentence);
    return value.orElse("");
  }

  /** The value; one below {@code least} is a problem. */
  public int atLeast(ConfigOption<Integer> option, int least) {
    int value = options.get(option);
    require(value >= least, option.key() + " is " + value + ": it must be at least " + least + ".");
    return value;
  }

  /** The value; one outside of these bounds is a problem. */
  public int between(ConfigOption<Integer> option, int least, int most) {
    int value = options.get(option);
    require(
        value >= least && value <= most,
        option.key() + " is " + value + ": it must be " + least + " to " + most + ".");
    return value;
  }

  /**
   * Adds a problem unless a rule holds.
   *
   * @param sentence says what is wrong and what to do
   */
  public void require(boolean holds, String sentence) {
    if (!holds) {
      problem(sentence);
    }
  }

  /** Adds a problem. */
  public void problem(String sentence) {
    problems.add(sentence);
  }

  /**
   * Ends reading.
   *
   * @throws IllegalArgumentException with a line for each problem
   */
  public void finish() {
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
  }
}
