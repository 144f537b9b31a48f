package io.mooring.volumeagent.volumes;

import io.mooring.schemas.IoProfile;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.VolumeState;
import io.mooring.storage.engine.VolumeView;
import io.mooring.storage.replication.Epoch;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import io.mooring.volumeagent.node.NodeDirectory;
import java.net.InetSocketAddress;

/**
 * Translates a volume's state into what the data plane needs of it: who the replicas are and where.
 */
public final class VolumeViews {

  /**
   * Any port: a node that has never registered cannot be reached, and the head is to find out as
   * usual.
   */
  private static final int NOWHERE = 1;

  private final NodeDirectory nodes;

  public VolumeViews(NodeDirectory nodes) {
    this.nodes = nodes;
  }

  /** The state as the data plane takes it. */
  public VolumeView view(VolumeState state) {
    return new VolumeView(
        new VolumeId(state.getVolumeId()),
        state.getSizeBytes(),
        new Epoch(state.getEpoch()),
        new Generation(state.getGeneration()),
        state.getReplicas().stream()
            // A leaving replica is being deleted: it is neither waited for nor brought back.
            .filter(replica -> replica.getRole() != ReplicaRole.LEAVING)
            .map(this::copy)
            .toList());
  }

  private VolumeView.Copy copy(ReplicaState replica) {
    InetSocketAddress address =
        nodes
            .node(replica.getNodeId())
            .map(VolumeViews::address)
            .orElseGet(() -> InetSocketAddress.createUnresolved(replica.getNodeId(), NOWHERE));
    return new VolumeView.Copy(
        new ReplicaId(replica.getReplicaId()), replica.getRole() == ReplicaRole.IN_SYNC, address);
  }

  private static InetSocketAddress address(NodeDescriptor node) {
    return new InetSocketAddress(node.getHost(), node.getReplicationPort());
  }

  /** What a completed flush of the volume means. */
  public static FlushProfile profile(VolumeState state) {
    return state.getSpec().getIoProfile() == IoProfile.DB_REMOTE
        ? FlushProfile.DB_REMOTE
        : FlushProfile.DURABLE;
  }
}
