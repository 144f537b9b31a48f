package io.mooring.autopilot.prometheus;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What came of asking a server. */
sealed interface ServerAnswer {

  /** One value for each set of labels. */
  record Vector(List<Element> elements) implements ServerAnswer {
    public Vector {
      elements = List.copyOf(elements);
    }
  }

  /** There is no answer. */
  record Failed(Failure failure, String detail) implements ServerAnswer {}

  /**
   * A value.
   *
   * @param value as the server writes it; may be no number
   * @param at moment for which it was computed
   */
  record Element(Map<String, String> labels, String value, Instant at) {
    public Element {
      labels = Map.copyOf(labels);
    }
  }

  /** Why there is no answer. */
  enum Failure {
    NO_CREDENTIALS,
    UNREACHABLE,
    TIMEOUT,
    /** The server does not understand the query, or cannot compute it. */
    BAD_QUERY,
    /** The server does not want to, or is not well. */
    REFUSED,
    /** What it answers is not of the query API, or is too much. */
    UNREADABLE,
    /** A single number or a range belongs to no volume. */
    NOT_A_VECTOR
  }
}
