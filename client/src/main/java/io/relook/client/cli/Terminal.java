package io.relook.client.cli;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The person in front of this process, if there is one. */
final class Terminal {
  private Terminal() {}

  /** Whether somebody can answer a question. */
  static boolean isThere() {
    @Nullable Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // Since Java 22 there is a console without a terminal, and a method that tells.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }

  /**
   * Asks a question.
   *
   * @param otherwise the answer of a person who only presses Enter
   */
  static boolean yes(String question, boolean otherwise) {
    @Nullable Console console = System.console();
    @Nullable String answer = console == null ? null : console.readLine("%s", question);
    return answer != null && isYes(answer, otherwise);
  }

  static boolean isYes(String answer, boolean otherwise) {
    String word = answer.strip().toLowerCase(Locale.ROOT);
    return word.isEmpty() ? otherwise : word.equals("y") || word.equals("yes");
  }
}
