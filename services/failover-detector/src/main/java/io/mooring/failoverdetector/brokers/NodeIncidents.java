package io.mooring.failoverdetector.brokers;

import io.mooring.failoverdetector.brokers.ClusterReading.Endpoint;
import io.mooring.failoverdetector.liveness.Trace;
import java.util.List;
import java.util.Optional;

/** The recent NodeDowns, to find the one that took a broker with it. */
public record NodeIncidents(List<NodeIncident> recent) {

  /**
   * A NodeDown.
   *
   * @param host address under which the node's agent is known to its peers
   */
  public record NodeIncident(String host, Trace trace) {}

  public static final NodeIncidents NONE = new NodeIncidents(List.of());

  public NodeIncidents {
    recent = List.copyOf(recent);
  }

  /**
   * The NodeDown of the node on which the broker listened. A pod may have an address of its own; if
   * just one node went down recently, a broker that is lost now is taken to have been there.
   */
  Optional<Trace> causeOf(Endpoint broker) {
    Optional<Trace> sameHost =
        recent.stream()
            .filter(
                node -> node.host().equals(broker.host()) || node.host().equals(broker.address()))
            .map(NodeIncident::trace)
            .findFirst();
    return sameHost.isEmpty() && recent.size() == 1
        ? Optional.of(recent.getFirst().trace())
        : sameHost;
  }
}
