package io.mooring.autopilot.rule;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Selects by labels as Kubernetes does: everything that is asked for must hold. */
public record LabelSelector(Map<String, String> matchLabels, List<Requirement> matchExpressions) {

  /** Selects everything. */
  public static final LabelSelector ALL = new LabelSelector(Map.of(), List.of());

  public LabelSelector {
    matchLabels = Map.copyOf(matchLabels);
    matchExpressions = List.copyOf(matchExpressions);
  }

  /** What is asked of one label. */
  public record Requirement(String key, Operator operator, List<String> values) {
    public Requirement {
      values = List.copyOf(values);
    }

    private boolean holds(Map<String, String> labels) {
      @Nullable String label = labels.get(key);
      return switch (operator) {
        case IN -> label != null && values.contains(label);
        // As in Kubernetes, what has no such label is not among the values either.
        case NOT_IN -> label == null || !values.contains(label);
        case EXISTS -> label != null;
        case DOES_NOT_EXIST -> label == null;
      };
    }
  }

  /** How a label is compared. */
  public enum Operator {
    IN("In"),
    NOT_IN("NotIn"),
    EXISTS("Exists"),
    DOES_NOT_EXIST("DoesNotExist");

    private final String written;

    Operator(String written) {
      this.written = written;
    }

    String written() {
      return written;
    }

    boolean takesValues() {
      return this == IN || this == NOT_IN;
    }
  }

  public boolean selectsAll() {
    return matchLabels.isEmpty() && matchExpressions.isEmpty();
  }

  public boolean matches(Map<String, String> labels) {
    // Loops, because it is asked for each rule at each measurement.
    for (var wanted : matchLabels.entrySet()) {
      if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
        return false;
      }
    }
    for (Requirement requirement : matchExpressions) {
      if (!requirement.holds(labels)) {
        return false;
      }
    }
    return true;
  }
}
