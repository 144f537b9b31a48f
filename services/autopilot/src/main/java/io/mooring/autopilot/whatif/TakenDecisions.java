package io.mooring.autopilot.whatif;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What the autopilot really decided, as its events tell. */
public final class TakenDecisions {

  /** A growth or rebalance that was really asked for; the volume may be a pool. */
  public record TakenResize(
      Instant at,
      String rule,
      String volumeId,
      String volume,
      UUID commandId,
      long fromBytes,
      long toBytes) {}

  /** Something that came close, or that was not done on purpose. */
  public enum Incident {
    HELD_BACK,
    WILL_FILL,
    DECLINED,
    APPROVAL_AWAITED
  }

  private final Map<String, List<TakenResize>> resizes = new HashMap<>();
  private final Map<String, int[]> incidents = new HashMap<>();

  public void add(TakenResize resize) {
    resizes.computeIfAbsent(resize.volumeId(), _ -> new ArrayList<>()).add(resize);
  }

  public void add(String volumeId, Incident incident) {
    incidents
        .computeIfAbsent(volumeId, _ -> new int[Incident.values().length])[incident.ordinal()]++;
  }

  /** In the order in which they were asked for. */
  List<TakenResize> resizes(String volumeId) {
    return resizes.getOrDefault(volumeId, List.of());
  }

  int count(String volumeId, Incident incident) {
    int[] counts = incidents.get(volumeId);
    return counts == null ? 0 : counts[incident.ordinal()];
  }

  /** All resizes, of all volumes. */
  List<TakenResize> all() {
    return resizes.values().stream().flatMap(List::stream).toList();
  }

  public int resizeCount() {
    return resizes.values().stream().mapToInt(List::size).sum();
  }
}
