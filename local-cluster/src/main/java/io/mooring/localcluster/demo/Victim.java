package io.mooring.localcluster.demo;

import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.incident.Subject;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.VolumeState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The broker whose node is to die, and what else is on that node. */
public final class Victim {

  private final LocalCluster cluster;
  private final Subject subject;

  private Victim(LocalCluster cluster, Subject subject) {
    this.cluster = cluster;
    this.subject = subject;
  }

  public static Victim broker(LocalCluster cluster, int brokerId) {
    String pod = ManagedKafka.podOf(brokerId);
    String node = cluster.nodeOf(pod).orElseThrow(() -> nowhere(pod));
    VolumeState volume =
        cluster.catalogue().volumes().stream()
            .filter(state -> state.getName().endsWith(pod))
            .findFirst()
            .orElseThrow(() -> nowhere(pod));
    return new Victim(cluster, new Subject(node, pod, volume.getVolumeId(), brokerId));
  }

  public Subject subject() {
    return subject;
  }

  VolumeState volume() {
    return cluster.catalogue().volume(subject.volumeId()).orElseThrow(() -> nowhere(subject.pod()));
  }

  /** Volumes of which the node holds, or should hold, a replica. */
  List<VolumeState> volumesOnNode() {
    return cluster.catalogue().volumes().stream()
        .filter(volume -> replicaOnNode(volume) != null)
        .toList();
  }

  /** Whether every replica on the node is in sync. */
  public boolean isInSyncEverywhere() {
    return volumesOnNode().stream()
        .allMatch(volume -> {
          ReplicaState replica = replicaOnNode(volume);
          return replica != null && replica.getRole() == ReplicaRole.IN_SYNC;
        });
  }

  private @Nullable ReplicaState replicaOnNode(VolumeState volume) {
    return volume.getReplicas().stream()
        .filter(replica -> replica.getNodeId().equals(subject.node()))
        .findFirst()
        .orElse(null);
  }

  private static LocalClusterException nowhere(String pod) {
    return new LocalClusterException(
        "LCL-030",
        "Pod '" + pod + "' has no node or no volume",
        "it must run before its node can be killed",
        "Look at ./mooring status and the pod's log.");
  }
}
