package io.mooring.autopilot.stream;

import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.RulePhase;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** States of rules on volumes, of all instances, as last published. */
public final class ObjectBoard {

  private final Map<String, RuleObjectState> states = new ConcurrentHashMap<>();

  /** All states, by rule and volume. */
  public List<RuleObjectState> all() {
    return states.values().stream()
        .sorted(
            Comparator.comparing(RuleObjectState::getRuleName)
                .thenComparing(RuleObjectState::getVolumeId))
        .toList();
  }

  /** The state in which an approval is awaited, or was declined, under that id. */
  public Optional<RuleObjectState> approval(String id) {
    return states.values().stream()
        .filter(ObjectBoard::isAboutApproval)
        .filter(state -> id.equals(state.getTriggerId()))
        .findFirst();
  }

  /** How many rules are in a state on a volume. */
  public long count(RulePhase phase) {
    return states.values().stream().filter(state -> state.getPhase() == phase).count();
  }

  private static boolean isAboutApproval(RuleObjectState state) {
    return state.getPhase() == RulePhase.ActionAwaitingApproval
        || state.getPhase() == RulePhase.ActionsDeclined;
  }

  void put(String key, RuleObjectState state) {
    states.put(key, state);
  }

  void remove(String key) {
    states.remove(key);
  }
}
