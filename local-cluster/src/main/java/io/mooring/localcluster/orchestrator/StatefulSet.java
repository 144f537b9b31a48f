package io.mooring.localcluster.orchestrator;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Pods that are alike but not interchangeable. A pod is made only when all pods of lower number are
 * ready, also when it is made again (OrderedReady).
 *
 * @param bound names of volumes that must be there before their pods start: what they held came
 *     from elsewhere, and an empty volume in place of it would be taken for it
 */
public record StatefulSet(
    String name, int replicas, VolumeClaim claim, PodTemplate template, Set<String> bound) {

  public StatefulSet {
    bound = Set.copyOf(bound);
  }

  /** A set whose pods make the volumes that they do not find. */
  public StatefulSet(String name, int replicas, VolumeClaim claim, PodTemplate template) {
    this(name, replicas, claim, template, Set.of());
  }

  public List<PodIdentity> pods() {
    return IntStream.range(0, replicas).mapToObj(i -> new PodIdentity(name, i)).toList();
  }
}
