package io.relook.schemas;

import org.jspecify.annotations.Nullable;

/**
 * How a sentence about a message says a value of it: by its beginning, so that no sender decides
 * how long our answers are.
 */
public final class Excerpt {
  private static final int SHOWN = 80;

  private Excerpt() {}

  /** The text, or its beginning and an ellipsis. */
  public static String of(String text) {
    return of(text, SHOWN);
  }

  /**
   * The text, or its beginning and an ellipsis.
   *
   * @param most characters that are shown at most, at least one
   */
  public static String of(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    // A character outside the basic plane is two; half of one cannot be encoded.
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + "…";
  }

  /** The same in quotes, or the word {@code absent}. */
  public static String quoted(@Nullable String text) {
    return text == null ? "absent" : "'" + of(text) + "'";
  }
}
