package io.mooring.volumemanager.volume;

/**
 * Names a snapshot.
 *
 * @param setId set that it belongs to
 * @param volume volume that it is of
 * @param snapshotId its identity in the replicas of that volume
 */
public record SnapshotKey(String setId, VolumeId volume, String snapshotId) {}
