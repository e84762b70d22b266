package io.relook.client.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sentence in a Java stack trace that says to a person what is wrong. */
final class FailureReason {
  private static final String CAUSED_BY = "Caused by: ";

  /**
   * A frame, with what may stand before its class: the loader, and the module with its version.
   * Source: {@code StackTraceElement.toString}.
   */
  private static final Pattern FRAME = Pattern.compile("^\\s+at (?:[^/()]*/){0,2}([^/()]+)\\(.*");

  /** All frames of a cause are those of the exception around it. */
  private static final Pattern COMMON_FRAMES = Pattern.compile("^\\s+\\.\\.\\. \\d+ more");

  /** An exception's class in front of its message. */
  private static final Pattern CLASS = Pattern.compile("^([a-z0-9_]+\\.)+[A-Za-z0-9_$]+: ");

  private static final String OWN_CODE = "io.relook.";

  /** An exception of a trace. */
  private record Cause(String header, boolean thrownByRelook) {}

  private FailureReason() {}

  /**
   * The message of the deepest cause that relook's own code has thrown: relook's sentences say what
   * to do, and what lies below them is a detail of a library. Without one, the deepest cause with
   * its class.
   */
  static String of(String trace) {
    List<Cause> causes = causes(trace);
    for (int i = causes.size() - 1; i >= 0; i--) {
      if (causes.get(i).thrownByRelook()) {
        return CLASS.matcher(causes.get(i).header()).replaceFirst("");
      }
    }
    return causes.isEmpty() ? "" : causes.get(causes.size() - 1).header();
  }

  private static List<Cause> causes(String trace) {
    List<Cause> causes = new ArrayList<>();
    StringBuilder header = new StringBuilder();
    boolean inHeader = true;
    for (String line : trace.split("\\R", -1)) {
      boolean indented = line.startsWith("\t");
      if (!indented && line.startsWith(CAUSED_BY) || causes.isEmpty() && header.isEmpty()) {
        if (inHeader && !header.isEmpty()) {
          causes.add(new Cause(header.toString().strip(), false));
        }
        header.setLength(0);
        header.append(line.startsWith(CAUSED_BY) ? line.substring(CAUSED_BY.length()) : line);
        inHeader = true;
      } else if (inHeader) {
        Matcher frame = FRAME.matcher(line);
        if (frame.matches()) {
          causes.add(new Cause(header.toString().strip(), frame.group(1).startsWith(OWN_CODE)));
          inHeader = false;
        } else if (COMMON_FRAMES.matcher(line).matches() && !causes.isEmpty()) {
          causes.add(
              new Cause(header.toString().strip(), causes.get(causes.size() - 1).thrownByRelook()));
          inHeader = false;
        } else {
          header.append('\n').append(line);
        }
      }
    }
    if (inHeader && !header.toString().isBlank()) {
      causes.add(new Cause(header.toString().strip(), false));
    }
    return causes;
  }
}
