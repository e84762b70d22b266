package io.relook.schemas.manifest;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The {@code creation-date} of an annotation. Ground Truth writes ISO 8601 without a zone, which is
 * UTC (spec: lookout-for-vision.md §4.2); other tools write zones, dates without a time, the dates
 * of JavaScript and of RFC 1123, and seconds or milliseconds since 1970.
 */
final class CreationDate {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{9,13}(\\.[0-9]{1,9})?");

  /** From this number on a count since 1970 is in milliseconds: as seconds it is the year 5138. */
  private static final double MILLISECONDS = 1e11;

  /** The name of the zone, at the end of JavaScript's dates. */
  private static final Pattern ZONE_NAME = Pattern.compile("\\s*\\([^)]*\\)$");

  private static final List<DateTimeFormatter> FORMATS =
      List.of(
          new DateTimeFormatterBuilder()
              .parseCaseInsensitive()
              .append(DateTimeFormatter.ISO_LOCAL_DATE)
              .optionalStart()
              .appendPattern("['T'][ ]")
              .appendPattern("HH:mm[:ss]")
              .optionalStart()
              .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
              .optionalEnd()
              .optionalStart()
              .appendPattern("[ ]")
              .appendPattern("[XXX][XX][X]['UTC']['GMT']")
              .optionalEnd()
              .optionalEnd()
              .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
              .toFormatter(Locale.ROOT)
              .withResolverStyle(ResolverStyle.STRICT),
          DateTimeFormatter.RFC_1123_DATE_TIME,
          new DateTimeFormatterBuilder()
              .parseCaseInsensitive()
              .appendPattern("EEE MMM d yyyy HH:mm:ss ['GMT']['UTC'][XX]")
              .toFormatter(Locale.ENGLISH),
          // As of the program date, and of Python's ctime.
          new DateTimeFormatterBuilder()
              .parseCaseInsensitive()
              .appendPattern("EEE MMM [ ]d HH:mm:ss ['GMT ']['UTC ']yyyy")
              .toFormatter(Locale.ENGLISH));

  private CreationDate() {}

  /** The moment; nothing for a text that is no date, or that could mean several. */
  static Optional<Instant> parse(String text) {
    String date = ZONE_NAME.matcher(text.strip()).replaceFirst("");
    if (NUMBER.matcher(date).matches()) {
      double since = Double.parseDouble(date);
      return Optional.of(
          Instant.ofEpochMilli(Math.round(since >= MILLISECONDS ? since : since * 1000)));
    }
    for (DateTimeFormatter format : FORMATS) {
      try {
        return Optional.of(moment(format.parse(date)));
      } catch (DateTimeParseException e) {
        // Another format may fit.
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static Instant moment(TemporalAccessor parsed) {
    return parsed.isSupported(ChronoField.OFFSET_SECONDS)
        ? Instant.from(parsed)
        : LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC);
  }
}
