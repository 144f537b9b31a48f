package io.mooring.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes and times as people read and write them. */
public final class Units {

  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final double STEP = 1024;
  private static final Pattern AGO = Pattern.compile("(\\d{1,6})([smhd])");

  private Units() {}

  /** Bytes, or a dash. */
  public static String bytes(JsonNode bytes) {
    if (!bytes.isNumber()) {
      return "-";
    }
    double value = bytes.asDouble();
    int unit = 0;
    while (Math.abs(value) >= STEP && unit < BINARY.length - 1) {
      value /= STEP;
      unit++;
    }
    String digits = String.format(Locale.ROOT, "%.1f", value).replaceAll("\\.0$", "");
    return digits + " " + BINARY[unit];
  }

  public static String percent(JsonNode percent) {
    return percent.isNumber() ? String.format(Locale.ROOT, "%.1f %%", percent.asDouble()) : "-";
  }

  /** A moment, to the second. */
  public static String moment(JsonNode moment) {
    try {
      return Instant.parse(moment.asText()).truncatedTo(ChronoUnit.SECONDS).toString();
    } catch (DateTimeException _) {
      return moment.asText("-");
    }
  }

  /** A duration in the form 6m39s. */
  public static String duration(JsonNode seconds) {
    if (!seconds.isNumber()) {
      return "-";
    }
    Duration duration = Duration.ofSeconds(seconds.asLong());
    return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }

  /** A name of several words, such as PARTIAL_SUCCESS, in one: PartialSuccess. */
  public static String word(JsonNode name) {
    StringBuilder word = new StringBuilder();
    for (String part : name.asText().split("_")) {
      if (!part.isEmpty()) {
        word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
      }
    }
    return word.toString();
  }

  /** A moment as it was written: how long ago, such as {@code 2h}, or a date and time. */
  public static Instant written(String option, String text, Instant now) {
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      long count = Long.parseLong(ago.group(1));
      return now.minus(
          switch (ago.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
          });
    }
    try {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
    } catch (DateTimeException _) {
      throw new CliException(
          "CLI-003",
          "%s is '%s'.".formatted(option, text),
          "It must name a moment.",
          "Write how long ago, such as 90s, 30m, 2h or 1d, or 2026-01-31T08:00:00Z.");
    }
  }
}
