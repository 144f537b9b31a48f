package io.mooring.autopilot.kubernetes;

import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.RulePhase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * States as they were entered, between two passes: some last a moment only, and people want to see
 * them. It remembers few for each rule and volume, so an API server that is away costs little.
 */
final class RecentMoves implements Consumer<RuleObjectState> {

  private static final int KEPT_MAX = 10;

  private final Map<String, Deque<RuleObjectState>> recent = new HashMap<>();
  private final Map<String, Deque<Move>> untold = new HashMap<>();
  private final Map<String, RulePhase> last = new HashMap<>();

  /** A move from one state to another. */
  record Move(RulePhase from, RuleObjectState to) {}

  @Override
  public synchronized void accept(RuleObjectState state) {
    RulePhase before = last.put(key(state), state.getPhase());
    add(recent, state, state);
    add(untold, state, new Move(before == null ? RulePhase.Normal : before, state));
  }

  private static <T> void add(Map<String, Deque<T>> all, RuleObjectState about, T item) {
    Deque<T> kept = all.computeIfAbsent(key(about), _ -> new ArrayDeque<>());
    kept.add(item);
    if (kept.size() > KEPT_MAX) {
      kept.removeFirst();
    }
  }

  /** The newest states of a rule on a volume, as far as they were heard. */
  synchronized List<RuleObjectState> of(RuleObjectState about) {
    return new ArrayList<>(recent.getOrDefault(key(about), new ArrayDeque<>()));
  }

  /** Moves that were not told yet; whoever takes them tells them. */
  synchronized List<Move> take(RuleObjectState about) {
    Deque<Move> moves = untold.remove(key(about));
    return moves == null ? List.of() : new ArrayList<>(moves);
  }

  /** Where a rule on a volume stood when listening began. */
  synchronized void begin(List<RuleObjectState> states) {
    states.forEach(state -> last.putIfAbsent(key(state), state.getPhase()));
  }

  /** Forgets what is not there any more. */
  synchronized void keepOnly(List<RuleObjectState> states) {
    Set<String> keys = states.stream().map(RecentMoves::key).collect(Collectors.toSet());
    Stream.of(recent, untold, last).forEach(all -> all.keySet().retainAll(keys));
  }

  private static String key(RuleObjectState state) {
    return state.getVolumeId() + "/" + state.getRuleName();
  }
}
