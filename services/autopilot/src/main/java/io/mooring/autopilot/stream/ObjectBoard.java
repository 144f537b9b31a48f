package io.mooring.autopilot.stream;

import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.RulePhase;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** States of rules on volumes, of all instances, as last published. */
public final class ObjectBoard {

  private final Map<String, RuleObjectState> states = new ConcurrentHashMap<>();
  private final List<Consumer<RuleObjectState>> listeners = new CopyOnWriteArrayList<>();

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

  /** Tells every state as it comes, until {@link #ignore}; the listener must not block. */
  public void listen(Consumer<RuleObjectState> listener) {
    listeners.add(listener);
  }

  public void ignore(Consumer<RuleObjectState> listener) {
    listeners.remove(listener);
  }

  void put(String key, RuleObjectState state) {
    states.put(key, state);
    listeners.forEach(listener -> listener.accept(state));
  }

  void remove(String key) {
    states.remove(key);
  }
}
