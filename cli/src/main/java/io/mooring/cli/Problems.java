package io.mooring.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** Problems of rules, each on a line. */
public final class Problems {

  private Problems() {}

  public static String line(JsonNode problem) {
    return "  %s %s %s %s %s"
        .formatted(
            problem.path("code").asText(),
            problem.path("path").asText(),
            problem.path("what").asText(),
            problem.path("why").asText(),
            problem.path("fix").asText());
  }
}
