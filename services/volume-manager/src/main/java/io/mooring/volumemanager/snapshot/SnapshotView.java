package io.mooring.volumemanager.snapshot;

import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.VolumeId;
import java.util.List;
import java.util.Optional;

/** What a decision about a set must know of volumes, nodes and other sets. */
public interface SnapshotView {

  /** A volume as its state was published last; empty if it is not there. */
  Optional<VolumeOutline> volume(VolumeId id);

  /** Whether the node is judged down. */
  boolean isDown(NodeId node);

  /** All sets, also the one that is decided on. */
  List<SnapshotSet> sets();

  /** Names of the volumes that are being restored or filled from the set. */
  List<String> readers(SnapshotSetId set);
}
