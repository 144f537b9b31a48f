package io.mooring.autopilot.rule;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kubernetes quantities of bytes: {@code 1Ti}, {@code 1T}, {@code 1.5G}, {@code 1e12}. */
public final class Quantity {

  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,30}(?:\\.[0-9]{1,30})?)(?:([eE][+-]?[0-9]{1,2})|([kKMGTPE]i?|m))?");

  private static final Map<String, BigDecimal> SUFFIXES =
      Map.ofEntries(
          Map.entry("m", new BigDecimal("0.001")),
          Map.entry("k", decimal(1)),
          Map.entry("M", decimal(2)),
          Map.entry("G", decimal(3)),
          Map.entry("T", decimal(4)),
          Map.entry("P", decimal(5)),
          Map.entry("E", decimal(6)),
          Map.entry("Ki", binary(1)),
          Map.entry("Mi", binary(2)),
          Map.entry("Gi", binary(3)),
          Map.entry("Ti", binary(4)),
          Map.entry("Pi", binary(5)),
          Map.entry("Ei", binary(6)));

  private Quantity() {}

  /** Whole bytes, rounded down so that a limit is never passed; empty if it is no quantity. */
  public static OptionalLong bytes(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    String exponent = matcher.group(2) == null ? "" : matcher.group(2);
    BigDecimal value = new BigDecimal(matcher.group(1) + exponent);
    if (matcher.group(3) != null) {
      BigDecimal factor = SUFFIXES.get(matcher.group(3));
      if (factor == null) {
        return OptionalLong.empty();
      }
      value = value.multiply(factor);
    }
    return value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? OptionalLong.empty()
        : OptionalLong.of(value.setScale(0, RoundingMode.DOWN).longValueExact());
  }

  private static BigDecimal decimal(int power) {
    return BigDecimal.valueOf(1000).pow(power);
  }

  private static BigDecimal binary(int power) {
    return BigDecimal.valueOf(1024).pow(power);
  }
}
