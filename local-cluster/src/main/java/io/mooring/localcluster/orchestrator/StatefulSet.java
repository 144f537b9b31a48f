package io.mooring.localcluster.orchestrator;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Pods that are alike but not interchangeable. A pod is made only when all pods of lower number are
 * ready, also when it is made again (OrderedReady).
 */
public record StatefulSet(String name, int replicas, VolumeClaim claim, PodTemplate template) {

  public List<PodIdentity> pods() {
    return IntStream.range(0, replicas).mapToObj(i -> new PodIdentity(name, i)).toList();
  }
}
