package io.mooring.failoverdetector.brokers;

import io.mooring.failoverdetector.brokers.BrokerStatus.Down;
import io.mooring.failoverdetector.brokers.BrokerStatus.Serving;
import io.mooring.failoverdetector.brokers.ClusterReading.Endpoint;
import io.mooring.failoverdetector.brokers.ClusterReading.Incarnation;
import io.mooring.failoverdetector.brokers.ClusterReading.Partition;
import io.mooring.failoverdetector.brokers.RememberedCluster.Incident;
import io.mooring.failoverdetector.liveness.Trace;
import io.mooring.schemas.BrokerDown;
import io.mooring.schemas.BrokerEvent;
import io.mooring.schemas.BrokerServing;
import io.mooring.schemas.IsrRestored;
import io.mooring.schemas.LeadersMoved;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compares readings of one cluster. Not thread-safe: one owner feeds it readings in order. */
public final class ClusterWatch {

  private static final int WHOLE_CLUSTER = -1;

  private final String name;
  private final Supplier<UUID> ids;
  private final Map<Integer, BrokerStatus> brokers = new TreeMap<>();
  private String bootstrapServers;
  private @Nullable Incident incident;
  private final Map<Integer, Incarnation> incarnations = new HashMap<>();
  private List<Partition> previousPartitions = List.of();

  public ClusterWatch(RememberedCluster remembered, Supplier<UUID> ids) {
    this.name = remembered.name();
    this.bootstrapServers = remembered.bootstrapServers();
    this.brokers.putAll(remembered.brokers());
    this.incident = remembered.incident();
    this.ids = ids;
  }

  public RememberedCluster remember() {
    return new RememberedCluster(name, bootstrapServers, brokers, incident);
  }

  /** Goes on with the same cluster at another address. */
  public void moveTo(String newBootstrapServers) {
    bootstrapServers = newBootstrapServers;
  }

  /**
   * Takes in a reading.
   *
   * @param wallMs when it was taken
   */
  public List<BrokerJudgement> onReading(
      ClusterReading reading, NodeIncidents nodeIncidents, long wallMs) {
    List<BrokerJudgement> judgements = new ArrayList<>();
    boolean wasWhole = incident == null;
    findLost(reading, nodeIncidents, wallMs, judgements);
    findAdopted(reading, wallMs, judgements);
    findServing(reading, wallMs, judgements);
    if (!wasWhole) {
      findRestored(reading, wallMs).ifPresent(judgements::add);
    }
    previousPartitions = reading.partitions();
    incarnations.putAll(reading.incarnations());
    return judgements;
  }

  private void findLost(
      ClusterReading reading,
      NodeIncidents nodeIncidents,
      long wallMs,
      List<BrokerJudgement> judgements) {
    for (var entry : brokers.entrySet()) {
      int id = entry.getKey();
      if (entry.getValue() instanceof Serving serving && isLost(id, reading)) {
        Trace trace =
            nodeIncidents
                .causeOf(serving.endpoint())
                .map(cause -> cause.next(ids.get()))
                .orElseGet(() -> new Trace(ids.get(), ids.get(), null));
        entry.setValue(serving.fail(wallMs, trace, ledBy(id, reading)));
        if (incident == null) {
          incident = new Incident(wallMs, trace);
        }
        judgements.add(judgement(id, new BrokerDown(), trace, wallMs));
      }
    }
  }

  /** It is away, or was while nobody looked: another process serves under its id. */
  private boolean isLost(int broker, ClusterReading reading) {
    Incarnation known = incarnations.get(broker);
    Incarnation now = reading.incarnations().get(broker);
    return !reading.brokers().containsKey(broker)
        || (known != null && now != null && now.replaces(known));
  }

  /** Leaderships may be gone from this reading already, or still be absent from the one before. */
  private Set<String> ledBy(int broker, ClusterReading reading) {
    return Stream.concat(previousPartitions.stream(), reading.partitions().stream())
        .filter(partition -> partition.leader() == broker)
        .map(Partition::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  private void findAdopted(ClusterReading reading, long wallMs, List<BrokerJudgement> judgements) {
    for (var entry : brokers.entrySet()) {
      if (entry.getValue() instanceof Down down
          && !down.orphaned().isEmpty()
          && haveLiveLeaders(down.orphaned(), reading)) {
        Trace trace = down.trace().next(ids.get());
        entry.setValue(down.adopted(trace));
        judgements.add(leadersMoved(entry.getKey(), down, trace, wallMs));
      }
    }
  }

  /** A partition that was deleted meanwhile needs no leader. */
  private boolean haveLiveLeaders(Set<String> partitions, ClusterReading reading) {
    return reading.partitions().stream()
        .filter(partition -> partitions.contains(partition.id()))
        .allMatch(partition ->
            partition.hasLeader()
                && reading.brokers().containsKey(partition.leader())
                && !(brokers.get(partition.leader()) instanceof Down));
  }

  private void findServing(ClusterReading reading, long wallMs, List<BrokerJudgement> judgements) {
    for (int id : new TreeSet<>(reading.answering())) {
      Endpoint endpoint = reading.brokers().get(id);
      BrokerStatus status = brokers.get(id);
      if (endpoint == null || (status instanceof Serving s && s.endpoint().equals(endpoint))) {
        continue;
      }
      switch (status) {
        case Down down -> {
          brokers.put(id, down.returnTo(endpoint));
          Trace trace = down.trace();
          if (!down.orphaned().isEmpty() && haveLiveLeaders(down.orphaned(), reading)) {
            trace = trace.next(ids.get()); // some had no other leader than itself
            judgements.add(leadersMoved(id, down, trace, wallMs));
          }
          judgements.add(
              serving(id, endpoint, wallMs - down.sinceMs(), trace.next(ids.get()), wallMs));
        }
        case Serving _ -> {
          brokers.put(id, new Serving(endpoint));
          judgements.add(serving(id, endpoint, 0, start(), wallMs));
        }
        case null -> {
          brokers.put(id, new Serving(endpoint));
          judgements.add(serving(id, endpoint, 0, start(), wallMs));
        }
      }
    }
  }

  private BrokerJudgement leadersMoved(int id, Down down, Trace trace, long wallMs) {
    Object detail = new LeadersMoved(down.orphaned().size(), wallMs - down.sinceMs());
    return judgement(id, detail, trace, wallMs);
  }

  private Trace start() {
    return new Trace(ids.get(), ids.get(), null);
  }

  private BrokerJudgement serving(
      int id, Endpoint endpoint, long downMs, Trace trace, long wallMs) {
    Object detail = new BrokerServing(endpoint.host(), endpoint.port(), downMs);
    return judgement(id, detail, trace, wallMs);
  }

  private Optional<BrokerJudgement> findRestored(ClusterReading reading, long wallMs) {
    boolean whole =
        reading.partitions().stream()
            .allMatch(partition ->
                partition.inSync().containsAll(partition.replicas())
                    && partition.replicas().stream()
                        .noneMatch(id -> brokers.get(id) instanceof Down));
    if (incident == null || !whole) {
      return Optional.empty();
    }
    Object detail = new IsrRestored(reading.partitions().size(), wallMs - incident.sinceMs());
    Trace trace = incident.trace().next(ids.get());
    incident = null;
    return Optional.of(judgement(WHOLE_CLUSTER, detail, trace, wallMs));
  }

  private BrokerJudgement judgement(int brokerId, Object detail, Trace trace, long wallMs) {
    BrokerEvent event =
        BrokerEvent.newBuilder()
            .setClusterName(name)
            .setBrokerId(brokerId)
            .setAt(Instant.ofEpochMilli(wallMs))
            .setDetail(detail)
            .build();
    return new BrokerJudgement(event, trace);
  }
}
