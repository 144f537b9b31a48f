package io.mooring.failoverdetector.config;

import java.util.List;

/** DET-001: the configuration cannot work. Carries every problem, not just the first. */
public final class InvalidSettingsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  InvalidSettingsException(List<String> problems) {
    super(
        "DET-001 The configuration has %d problem(s):%n  - %s"
            .formatted(problems.size(), String.join("%n  - ".formatted(), problems)));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
