package io.mooring.failoverdetector.brokers;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One look at a cluster. Partitions are read before brokers: the leaderships of a broker that is
 * missing from {@code brokers} are then those from before the controller moved them.
 *
 * @param brokers registered brokers that are not fenced
 * @param answering those of them that answered a request of their own since they were registered
 */
public record ClusterReading(
    List<Partition> partitions, Map<Integer, Endpoint> brokers, Set<Integer> answering) {

  /**
   * Where a broker listens.
   *
   * @param address IP address to which the host name resolved, or the host name if it did not
   */
  public record Endpoint(String host, int port, String address) {}

  /**
   * State of a partition.
   *
   * @param leader id of the leader, {@link #NO_LEADER} if it has none
   */
  public record Partition(String id, int leader, Set<Integer> replicas, Set<Integer> inSync) {

    public static final int NO_LEADER = -1;

    boolean hasLeader() {
      return leader != NO_LEADER;
    }
  }

  public ClusterReading {
    partitions = List.copyOf(partitions);
    brokers = Map.copyOf(brokers);
    answering = Set.copyOf(answering);
  }
}
