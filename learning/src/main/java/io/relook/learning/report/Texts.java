package io.relook.learning.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers and texts as the page shows them. Pure. */
final class Texts {

  /** Characters of a source reference or a name that the page shows, at most. */
  private static final int MAX_LENGTH = 1024;

  private Texts() {}

  /** A bounded text; control characters, which HTML cannot express, become spaces. */
  static String text(String any) {
    String printable = any.replaceAll("\\p{Cc}", " ");
    return printable.length() <= MAX_LENGTH ? printable : printable.substring(0, MAX_LENGTH) + "…";
  }

  static int percent(double share) {
    return (int) Math.round(100 * share);
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** A number that may be a text; its text where it is not a number. */
  static String number(String value) {
    try {
      return number(Double.parseDouble(value));
    } catch (NumberFormatException e) {
      return text(value);
    }
  }

  /** Rounded down: a threshold rounded up would miss the picture whose score it is. */
  static String threshold(double threshold) {
    return BigDecimal.valueOf(threshold).setScale(4, RoundingMode.FLOOR).toPlainString();
  }

  static String score(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
