package io.mooring.volumeagent.volumes;

import static io.mooring.schemas.ReplicaRole.IN_SYNC;
import static io.mooring.schemas.ReplicaRole.JOINING;
import static io.mooring.schemas.ReplicaRole.LEAVING;
import static io.mooring.schemas.ReplicaRole.STALE;
import static io.mooring.schemas.VolumePhase.PUBLISHED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.IoProfile;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.VolumeState;
import io.mooring.storage.engine.VolumeView;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.volumeagent.node.NodeDirectory;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VolumeViewsTest {

  private final NodeDirectory nodes = new NodeDirectory();
  private final VolumeViews views = new VolumeViews(nodes);

  @Test
  void replicasAreFoundThroughTheDescriptorsOfTheirNodes() {
    nodes.onState("n1", descriptor("n1", "10.0.0.1"), null);
    nodes.onState("n2", descriptor("n2", "10.0.0.2"), null);

    VolumeView view = views.view(state());

    assertThat(view.epoch().value()).isEqualTo(4);
    assertThat(view.generation().value()).isEqualTo(2);
    assertThat(view.copies())
        .extracting(copy -> copy.replica() + " " + copy.inSync() + " " + host(copy.address()))
        .containsExactly("r1 true 10.0.0.1", "r2 false 10.0.0.2", "r3 false n3");
  }

  @Test
  void aReplicaOnANodeThatNeverRegisteredHasAnAddressThatLeadsNowhere() {
    VolumeView view = views.view(state());

    assertThat(view.copies()).allMatch(copy -> copy.address().isUnresolved());
  }

  @Test
  void theProfileDecidesWhatAFlushMeans() {
    VolumeState state = state();
    assertThat(VolumeViews.profile(state)).isEqualTo(FlushProfile.DURABLE);
    state.getSpec().setIoProfile(IoProfile.DB_REMOTE);
    assertThat(VolumeViews.profile(state)).isEqualTo(FlushProfile.DB_REMOTE);
  }

  /** A leaving replica is not part of it. */
  private static VolumeState state() {
    return VolumeStates.volume(
        "vol-1",
        PUBLISHED,
        4,
        2,
        1L << 20,
        List.of(
            VolumeStates.replica("r1", "n1", IN_SYNC),
            VolumeStates.replica("r2", "n2", STALE),
            VolumeStates.replica("r3", "n3", JOINING),
            VolumeStates.replica("r4", "n2", LEAVING)));
  }

  private static String host(InetSocketAddress address) {
    return address.getHostString();
  }

  private static NodeDescriptor descriptor(String nodeId, String host) {
    return NodeDescriptor.newBuilder()
        .setNodeId(nodeId)
        .setIncarnation("i")
        .setLabels(Map.of())
        .setHost(host)
        .setReplicationPort(7420)
        .setProbePort(7421)
        .setRestPort(7400)
        .setPools(List.of())
        .setUpdatedAt(Instant.EPOCH)
        .build();
  }
}
