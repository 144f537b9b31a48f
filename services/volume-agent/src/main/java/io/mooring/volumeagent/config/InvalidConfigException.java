package io.mooring.volumeagent.config;

import java.util.List;
import java.util.stream.Collectors;

/** The agent does not start with this configuration. Names all problems at once. */
public final class InvalidConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<ConfigProblem> problems;

  InvalidConfigException(List<ConfigProblem> problems) {
    super(
        problems.size()
            + " problem(s) in the configuration of volume-agent:\n"
            + problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<ConfigProblem> problems() {
    return problems;
  }
}
