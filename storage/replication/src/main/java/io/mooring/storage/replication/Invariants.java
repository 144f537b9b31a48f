package io.mooring.storage.replication;

import org.jspecify.annotations.Nullable;

/**
 * Assertions that stay on in production: a broken one is a bug and must stop the volume, never be
 * worked around.
 */
public final class Invariants {
  private Invariants() {}

  /** Thrown when something that must never happen has happened. */
  public static final class Violation extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Violation(String message) {
      super(message);
    }
  }

  public static void check(boolean condition, String message) {
    if (!condition) {
      throw new Violation(message);
    }
  }

  /** As {@link #check(boolean, String)}; the message is formatted only when it is needed. */
  public static void check(boolean condition, String format, long argument) {
    if (!condition) {
      throw new Violation(String.format(format, argument));
    }
  }

  /** As {@link #check(boolean, String)}; the message is formatted only when it is needed. */
  public static void check(boolean condition, String format, long first, long second) {
    if (!condition) {
      throw new Violation(String.format(format, first, second));
    }
  }

  /** As {@link #check(boolean, String)}; the message is formatted only when it is needed. */
  public static void check(
      boolean condition, String format, @Nullable Object first, @Nullable Object second) {
    if (!condition) {
      throw new Violation(String.format(format, first, second));
    }
  }
}
