package io.relook.local;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows the progress with the time since the start: in one line on a terminal, otherwise in a new
 * line for each new text.
 */
final class Progress {
  private static final String ERASE_LINE = "\r\033[2K";

  private final PrintWriter out;
  private final boolean terminal;
  private final long startNanos = System.nanoTime();
  private String shown = "";

  Progress(PrintWriter out) {
    this.out = out;
    this.terminal = System.console() != null && System.getenv("TERM") != null;
  }

  /** Starts a step and ends the one before. */
  synchronized void step(String text) {
    if (terminal && !shown.isEmpty()) {
      out.println();
    }
    shown = text;
    out.print((terminal ? ERASE_LINE : "") + line(text) + (terminal ? "" : System.lineSeparator()));
    out.flush();
  }

  /** Updates the text of the present step. */
  synchronized void update(String text) {
    if (text.equals(shown) && !terminal) {
      return;
    }
    shown = text;
    out.print((terminal ? ERASE_LINE : "") + line(text) + (terminal ? "" : System.lineSeparator()));
    out.flush();
  }

  /** Ends the last step. */
  synchronized void end() {
    if (terminal && !shown.isEmpty()) {
      out.println();
    }
    shown = "";
    out.flush();
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  private String line(String text) {
    return String.format(Locale.ROOT, "%6.1f s  %s", elapsed().toMillis() / 1000.0, text);
  }
}
