package io.relook.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of one part of an installation.
 *
 * @param part the part's name, such as {@code topics}
 * @param facts what was found, by name
 * @param problems what is wrong and what to do, a sentence for each
 */
public record Diagnosis(String part, Map<String, Object> facts, List<String> problems) {

  /** The diagnosis of a part that could not be examined. */
  public static Diagnosis unknown(String part, String problem) {
    return new Diagnosis(part, Map.of(), List.of(problem));
  }

  /** Whether there is no problem. */
  public boolean isFine() {
    return problems.isEmpty();
  }

  /** Collects facts and problems. */
  public static final class Builder {
    private final String part;
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    public Builder(String part) {
      this.part = part;
    }

    /** Adds a fact: a text, a number, or a list or map of these. */
    public Builder fact(String name, Object value) {
      facts.put(name, value);
      return this;
    }

    /** Adds a problem, as {@link String#format} does. */
    public Builder problem(String sentence, Object... arguments) {
      problems.add(sentence.formatted(arguments));
      return this;
    }

    public Diagnosis build() {
      return new Diagnosis(part, new LinkedHashMap<>(facts), List.copyOf(problems));
    }
  }
}
