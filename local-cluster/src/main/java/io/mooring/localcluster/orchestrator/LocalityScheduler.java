package io.mooring.localcluster.orchestrator;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Sends a pod to where its data is. A node with a replica scores 100, one in the same rack as a
 * replica 50, zone 25, region 10, any other 5. Among equals the one with the fewest pods of the
 * same set wins, then the one with the fewest pods, then the first by name.
 */
final class LocalityScheduler {

  static final int REPLICA = 100;
  static final int RACK = 50;
  static final int ZONE = 25;
  static final int REGION = 10;
  static final int OTHER = 5;

  /**
   * Chooses a node, or none if no node that is up holds a replica: a pod cannot run without its
   * data, and waiting is better than an attachment that cannot succeed.
   *
   * @param replicaNodes nodes with a replica of the pod's volume that may serve
   * @param placed where the other pods are
   */
  Optional<String> place(
      PodIdentity pod,
      Set<String> replicaNodes,
      Collection<NodeSite> sites,
      Map<PodIdentity, String> placed) {
    List<NodeSite> replicas =
        sites.stream().filter(s -> s.up() && replicaNodes.contains(s.node())).toList();
    if (replicas.isEmpty()) {
      return Optional.empty();
    }
    return sites.stream()
        .filter(NodeSite::up)
        .min(
            Comparator.comparingInt((NodeSite s) -> -score(s, replicas))
                .thenComparingLong(s -> siblings(pod, s.node(), placed))
                .thenComparingLong(s -> neighbours(pod, s, placed))
                .thenComparing(NodeSite::node))
        .map(NodeSite::node);
  }

  /**
   * The first pod that shares its node with another one of its set while a node with a replica of
   * it has at least two of them less.
   */
  Optional<PodIdentity> crowded(
      Collection<NodeSite> sites,
      Map<PodIdentity, String> placed,
      Function<PodIdentity, Set<String>> replicaNodes) {
    return placed.keySet().stream()
        .filter(pod -> hasBetterPlace(pod, sites, placed, replicaNodes.apply(pod)))
        .min(Comparator.comparing(PodIdentity::name));
  }

  private static boolean hasBetterPlace(
      PodIdentity pod,
      Collection<NodeSite> sites,
      Map<PodIdentity, String> placed,
      Set<String> replicaNodes) {
    String here = placed.get(pod);
    long siblingsHere = here == null ? 0 : siblings(pod, here, placed);
    return sites.stream()
        .filter(site -> site.up() && replicaNodes.contains(site.node()))
        .anyMatch(site -> siblings(pod, site.node(), placed) < siblingsHere);
  }

  /** The best score that a replica gives to the node. */
  int score(NodeSite site, Collection<NodeSite> replicas) {
    return replicas.stream().mapToInt(replica -> score(site, replica)).max().orElse(OTHER);
  }

  private static int score(NodeSite site, NodeSite replica) {
    if (site.node().equals(replica.node())) {
      return REPLICA;
    }
    if (site.sharesRack(replica)) {
      return RACK;
    }
    if (site.sharesZone(replica)) {
      return ZONE;
    }
    return site.sharesRegion(replica) ? REGION : OTHER;
  }

  private static long siblings(PodIdentity pod, String node, Map<PodIdentity, String> placed) {
    return placed.entrySet().stream()
        .filter(e -> e.getValue().equals(node))
        .filter(e -> e.getKey().set().equals(pod.set()) && !e.getKey().equals(pod))
        .count();
  }

  private static long neighbours(PodIdentity pod, NodeSite site, Map<PodIdentity, String> placed) {
    return placed.entrySet().stream()
        .filter(e -> e.getValue().equals(site.node()) && !e.getKey().equals(pod))
        .count();
  }
}
