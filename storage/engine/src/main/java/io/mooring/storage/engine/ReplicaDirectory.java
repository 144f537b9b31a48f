package io.mooring.storage.engine;

import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.util.Optional;

/** Finds the open replicas of this node. */
@FunctionalInterface
interface ReplicaDirectory {
  Optional<ReplicaHost> find(VolumeId volume, ReplicaId replica);
}
