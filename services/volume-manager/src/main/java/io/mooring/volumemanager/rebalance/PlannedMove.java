package io.mooring.volumemanager.rebalance;

import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.VolumeId;

/** A replica of a volume that is to go from one pool to another. */
public record PlannedMove(
    VolumeId volume, String name, long sizeBytes, ReplicaId replica, PoolId from, PoolId to) {}
