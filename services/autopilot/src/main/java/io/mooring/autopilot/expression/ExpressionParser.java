package io.mooring.autopilot.expression;

import io.mooring.autopilot.expression.MetricExpression.Combined;
import io.mooring.autopilot.expression.MetricExpression.Literal;
import io.mooring.autopilot.expression.MetricExpression.Measured;
import io.mooring.autopilot.expression.MetricExpression.Negated;
import io.mooring.autopilot.expression.MetricExpression.Operator;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * Reads the arithmetic subset of PromQL that rules use: metric names, numbers, {@code + - * /},
 * parentheses, and {@code on (labels)} after an operator. A rule looks at one object at a time, so
 * {@code on} has nothing to match and is only checked.
 *
 * <pre>
 * sum     = product { ("+" | "-") [on] product }
 * product = factor  { ("*" | "/") [on] factor }
 * factor  = number | metric | "(" sum ")" | ("-" | "+") factor
 * on      = "on" "(" label { "," label } ")"
 * </pre>
 */
public final class ExpressionParser {

  /** What came out of parsing. */
  public sealed interface Outcome {
    record Parsed(MetricExpression expression) implements Outcome {}

    /** Not an expression; {@code column} counts from 1. */
    record Malformed(int column, String what) implements Outcome {}

    /** An expression over something that nobody measures. */
    record UnknownMetric(String name) implements Outcome {}
  }

  private static final int LENGTH_MAX = 1000;
  private static final int NESTING_MAX = 50;
  private static final int SCALE_MAX = 100;
  private static final String ON = "on";

  private final String text;
  private int position;
  private int nesting;

  private ExpressionParser(String text) {
    this.text = text;
  }

  public static Outcome parse(String text) {
    if (text.length() > LENGTH_MAX) {
      return new Outcome.Malformed(
          LENGTH_MAX, "the expression is longer than %d characters".formatted(LENGTH_MAX));
    }
    try {
      return new Outcome.Parsed(new ExpressionParser(text).whole());
    } catch (SyntaxProblem e) {
      return e.outcome;
    }
  }

  /** Ends parsing from any depth. */
  private static final class SyntaxProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Outcome outcome;

    SyntaxProblem(Outcome outcome) {
      super(outcome.toString(), null, false, false);
      this.outcome = outcome;
    }
  }

  private MetricExpression whole() {
    MetricExpression expression = sum();
    if (position < text.length()) {
      throw malformed("'%s' was not expected here".formatted(text.charAt(position)));
    }
    return expression;
  }

  private MetricExpression sum() {
    MetricExpression left = product();
    while (true) {
      Optional<Operator> operator = operator('+', Operator.ADD, '-', Operator.SUBTRACT);
      if (operator.isEmpty()) {
        return left;
      }
      left = new Combined(left, operator.get(), product());
    }
  }

  private MetricExpression product() {
    MetricExpression left = factor();
    while (true) {
      Optional<Operator> operator = operator('*', Operator.MULTIPLY, '/', Operator.DIVIDE);
      if (operator.isEmpty()) {
        return left;
      }
      left = new Combined(left, operator.get(), factor());
    }
  }

  private MetricExpression factor() {
    if (++nesting > NESTING_MAX) {
      throw malformed("the expression is nested more than %d levels deep".formatted(NESTING_MAX));
    }
    try {
      return unnested();
    } finally {
      nesting--;
    }
  }

  private MetricExpression unnested() {
    skipSpace();
    if (position == text.length()) {
      throw malformed("a metric, a number or '(' is missing");
    }
    char next = text.charAt(position);
    if (take('(')) {
      MetricExpression inner = sum();
      expect(')');
      return inner;
    }
    if (take('-')) {
      return new Negated(factor());
    }
    if (take('+')) {
      return factor();
    }
    if (isDigit(next) || next == '.') {
      return number();
    }
    if (isNameStart(next)) {
      return metric();
    }
    throw malformed("'%s' was not expected here".formatted(next));
  }

  private MetricExpression number() {
    int start = position;
    while (position < text.length() && (isDigit(peek()) || peek() == '.')) {
      position++;
    }
    if (position < text.length() && (peek() == 'e' || peek() == 'E')) {
      position++;
      if (position < text.length() && (peek() == '+' || peek() == '-')) {
        position++;
      }
      while (position < text.length() && isDigit(peek())) {
        position++;
      }
    }
    String number = text.substring(start, position);
    try {
      BigDecimal value = new BigDecimal(number);
      if (Math.abs((long) value.scale()) <= SCALE_MAX) {
        return new Literal(value);
      }
    } catch (NumberFormatException _) {
      // Reported below, like a number of absurd size.
    }
    position = start;
    throw malformed("'%s' is not a usable number".formatted(number));
  }

  private MetricExpression metric() {
    String name = name();
    skipSpace();
    if (position < text.length()) {
      switch (peek()) {
        case '{' -> throw malformed("labels in braces are not read; the rule's selector selects");
        case '[' -> throw malformed("ranges are not read; every measurement stands for itself");
        case '(' -> throw malformed("functions such as %s() are not read".formatted(name));
        default -> {}
      }
    }
    return Metric.named(name)
        .<MetricExpression>map(Measured::new)
        .orElseThrow(() -> new SyntaxProblem(new Outcome.UnknownMetric(name)));
  }

  private Optional<Operator> operator(char first, Operator one, char second, Operator other) {
    Operator found;
    if (take(first)) {
      found = one;
    } else if (take(second)) {
      found = other;
    } else {
      return Optional.empty();
    }
    skipMatching();
    return Optional.of(found);
  }

  private void skipMatching() {
    skipSpace();
    int start = position;
    if (position == text.length() || !isNameStart(peek()) || !name().equals(ON)) {
      position = start;
      return;
    }
    expect('(');
    do {
      skipSpace();
      if (position == text.length() || !isNameStart(peek())) {
        throw malformed("on (...) needs the name of a label");
      }
      name();
    } while (take(','));
    expect(')');
  }

  private String name() {
    int start = position;
    while (position < text.length() && (isNameStart(peek()) || isDigit(peek()))) {
      position++;
    }
    return text.substring(start, position);
  }

  private boolean take(char wanted) {
    skipSpace();
    if (position < text.length() && peek() == wanted) {
      position++;
      return true;
    }
    return false;
  }

  private void expect(char wanted) {
    if (!take(wanted)) {
      throw malformed("'%s' is missing".formatted(wanted));
    }
  }

  private void skipSpace() {
    while (position < text.length() && Character.isWhitespace(peek())) {
      position++;
    }
  }

  private char peek() {
    return text.charAt(position);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNameStart(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':';
  }

  private SyntaxProblem malformed(String what) {
    return new SyntaxProblem(new Outcome.Malformed(position + 1, what));
  }
}
