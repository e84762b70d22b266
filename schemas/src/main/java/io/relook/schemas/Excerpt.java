package io.relook.schemas;

import org.jspecify.annotations.Nullable;

/**
 * Shortens a value from a message for a sentence about it, so that no sender decides how long
 * relook's answers are.
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
   * @param most the largest number of characters to show, 1 or more
   */
  public static String of(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    // A character outside the basic plane has two chars, and one of them alone cannot be encoded.
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + "…";
  }

  /** The text or its beginning in quotes, or the word {@code absent}. */
  public static String quoted(@Nullable String text) {
    return text == null ? "absent" : "'" + of(text) + "'";
  }
}
