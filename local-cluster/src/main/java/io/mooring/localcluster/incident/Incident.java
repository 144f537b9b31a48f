package io.mooring.localcluster.incident;

import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.localcluster.report.Step;
import io.mooring.schemas.EventHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One failover: when each milestone was reached, counted from the moment the node died. The first
 * event that reaches a milestone after that moment counts.
 */
public final class Incident {

  private final Instant began;
  private final Map<Milestone, ClusterEvent> reached = new EnumMap<>(Milestone.class);

  private Incident(Instant began) {
    this.began = began;
  }

  /** Reads an incident out of everything that was seen. */
  public static Incident of(Subject subject, Instant began, List<ClusterEvent> events) {
    Incident incident = new Incident(began);
    for (ClusterEvent event : events) {
      // Event times have milliseconds; the moment of death has more.
      if (event.at().isBefore(began.minusMillis(1))) {
        continue;
      }
      for (Milestone milestone : Milestone.values()) {
        if (!incident.reached.containsKey(milestone) && milestone.matches(event, subject)) {
          incident.reached.put(milestone, event);
        }
      }
    }
    return incident;
  }

  public Instant began() {
    return began;
  }

  /** Milestones that were never reached. */
  public List<Milestone> missing() {
    List<Milestone> missing = new ArrayList<>(List.of(Milestone.values()));
    missing.removeAll(reached.keySet());
    return missing;
  }

  /** Milliseconds from the death of the node to a milestone. */
  public OptionalDouble millisTo(Milestone milestone) {
    return Optional.ofNullable(reached.get(milestone))
        .map(event -> OptionalDouble.of(millis(event)))
        .orElse(OptionalDouble.empty());
  }

  public Optional<ClusterEvent> event(Milestone milestone) {
    return Optional.ofNullable(reached.get(milestone));
  }

  /** The steps in order of time; each lasts from the end of the one before it. */
  public List<Step> steps() {
    List<Map.Entry<Milestone, ClusterEvent>> inOrder = new ArrayList<>(reached.entrySet());
    inOrder.sort(Comparator.comparing(entry -> entry.getValue().at()));
    List<Step> steps = new ArrayList<>();
    double before = 0;
    for (Map.Entry<Milestone, ClusterEvent> entry : inOrder) {
      double at = Math.max(before, millis(entry.getValue()));
      steps.add(new Step(entry.getKey().title(), before, at, evidence(entry.getValue())));
      before = at;
    }
    return steps;
  }

  /** Correlation ids of the control-topic events of the incident: one, if all is well (I10). */
  public Set<UUID> correlationIds() {
    Set<UUID> ids = new TreeSet<>();
    for (Milestone milestone :
        List.of(Milestone.JUDGED_DEAD, Milestone.FENCING, Milestone.FENCED)) {
      if (reached.get(milestone) instanceof ClusterEvent.Record record) {
        record.headers().map(EventHeaders::correlationId).ifPresent(ids::add);
      }
    }
    return ids;
  }

  private double millis(ClusterEvent event) {
    return Math.max(0, Duration.between(began, event.at()).toNanos() / 1e6);
  }

  private static String evidence(ClusterEvent event) {
    return switch (event) {
      case ClusterEvent.Record record ->
          record.headers().map(EventHeaders::type).orElse(record.topic().topicName())
              + " on "
              + record.topic().topicName();
      case ClusterEvent.Pod pod -> "pod " + pod.status().pod().name() + " " + pod.status().step();
      case ClusterEvent.Fault fault -> "fault " + fault.fault() + " " + fault.target();
    };
  }
}
