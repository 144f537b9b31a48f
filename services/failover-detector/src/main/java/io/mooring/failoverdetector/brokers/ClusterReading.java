package io.mooring.failoverdetector.brokers;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * One look at a cluster. Partitions are read before brokers: the leaderships of a broker that is
 * missing from {@code brokers} are then those from before the controller moved them.
 *
 * @param brokers registered brokers that are not fenced and whose process is not known to have
 *     ended
 * @param answering those of them that answered a request of their own since they were registered
 *     and their process began
 * @param incarnations processes of those of them whose process is observed
 */
public record ClusterReading(
    List<Partition> partitions,
    Map<Integer, Endpoint> brokers,
    Set<Integer> answering,
    Map<Integer, Incarnation> incarnations) {

  /**
   * Where a broker listens.
   *
   * @param address IP address to which the host name resolved, or the host name if it did not
   */
  public record Endpoint(String host, int port, String address) {}

  /**
   * A process under a broker's id. Kafka itself may not notice that it was replaced by another one.
   *
   * @param observation what was observed without interruption; those of different observations
   *     cannot be compared
   * @param number how many processes were seen to end before it
   */
  public record Incarnation(UUID observation, int number) {

    Incarnation next() {
      return new Incarnation(observation, number + 1);
    }

    boolean replaces(Incarnation other) {
      return observation.equals(other.observation) && number > other.number;
    }
  }

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
    incarnations = Map.copyOf(incarnations);
  }
}
