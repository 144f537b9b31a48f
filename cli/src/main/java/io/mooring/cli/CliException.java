package io.mooring.cli;

/** Something that the user has to know; the message holds code, what, why and fix. */
public final class CliException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public CliException(String code, String what, String why, String fix) {
    this(code, what, why, fix, "");
  }

  /**
   * With more lines.
   *
   * @param details are shown between what and why; empty, or lines that end
   */
  CliException(String code, String what, String why, String fix, String details) {
    super("%s: %s\n%s  why: %s\n  fix: %s".formatted(code, what, details, why, fix));
  }
}
